import t from 'tap';
import { fuzz } from './run.ts';
import { FUZZ_TARGETS } from './targets.ts';

const INPUTS = 5_000;

for (const [name, target] of Object.entries(FUZZ_TARGETS)) {
  t.test(`the ${name} survives ${INPUTS} inputs that nobody meant`, async (t) => {
    const seed = Date.now() % 2 ** 31;
    t.comment(`from seed ${seed}`);
    await fuzz(target, INPUTS, seed);
    t.pass(`from seed ${seed}`);
  });
}
