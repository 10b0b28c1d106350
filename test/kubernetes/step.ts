import type { Stand } from './stand.ts';

/** What one line of the output stands for. */
export interface Step {
  readonly what: string;
  /** What there is to tell when it holds; throws where it does not. */
  readonly run: (stand: Stand) => Promise<string>;
}

/** Carries out all, one line each, also after one that failed. Gives how many failed. */
export async function carryOut(stand: Stand, steps: readonly Step[]): Promise<number> {
  let failed = 0;
  for (const { what, run } of steps) {
    const begin = Date.now();
    const seconds = (): string => `${((Date.now() - begin) / 1000).toFixed(1)} s`.padStart(8);
    try {
      const told = await run(stand);
      console.log(`ok     ${seconds()}  ${what}${told === '' ? '' : `: ${told}`}`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED ${seconds()}  ${what}: ${String(error).slice(0, 1500)}`);
    }
  }
  return failed;
}

export function demand(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}
