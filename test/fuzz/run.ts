import { randomOf } from './random.ts';
import { FUZZ_TARGETS, type Target } from './targets.ts';

/**
 * Runs one target on so many inputs, each made from a seed of its own. Says which seed failed, and fails when one
 * takes more than five seconds.
 */
export async function fuzz(target: Target, inputs: number, firstSeed: number): Promise<void> {
  for (let seed = firstSeed; seed < firstSeed + inputs; seed += 1) {
    const startedAt = performance.now();
    try {
      await target(randomOf(seed));
    } catch (cause) {
      throw new Error(`seed ${seed}: ${String(cause)}`, { cause });
    }
    if (performance.now() - startedAt > 5000) throw new Error(`seed ${seed} took more than five seconds`);
  }
}

/** `node test/fuzz/run.ts INPUTS [FIRST_SEED [TARGET]]` */
if (import.meta.main) {
  const [, , inputs = '1000000', seed = String(Date.now() % 2 ** 31), only] = process.argv;
  process.on('unhandledRejection', (error) => {
    throw error;
  });
  for (const [name, target] of Object.entries(FUZZ_TARGETS)) {
    if (only !== undefined && name !== only) continue;
    const startedAt = performance.now();
    await fuzz(target, Number(inputs), Number(seed));
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    process.stdout.write(`${name}: ${inputs} inputs from seed ${seed}, ${seconds} s\n`);
  }
}
