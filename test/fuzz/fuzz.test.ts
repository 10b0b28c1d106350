import t from 'tap';
import { fuzz } from './run.ts';
import { FUZZ_TARGETS } from './targets.ts';

const INPUTS = 5_000;
/** The same inputs each time: new ones are tried by `npm run fuzz`, and what it finds becomes a test. */
const SEED = 1;

for (const [name, target] of Object.entries(FUZZ_TARGETS)) {
  t.test(`the ${name} survives ${INPUTS} inputs that nobody meant`, async (t) => {
    await fuzz(target, INPUTS, SEED);
    t.pass();
  });
}
