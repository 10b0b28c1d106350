import type { Loaded } from '../load/loaded.ts';
import type { Contestant } from '../stand/contestant.ts';
import { cpuOf } from './processes.ts';

/** What one contestant took in one round. */
export interface Sample {
  /** Microseconds of CPU a request, of all threads. NaN for the origin. */
  readonly cpu: number;
  /** KiB that the heaps allocated for a request. NaN where nobody can tell. */
  readonly kib: number;
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
}

/**
 * All contestants one after the other, so many times, each time another one first: what else the machine does hits
 * all of them. A first round warms up and is not counted.
 */
export async function interleaved(
  contestants: readonly Contestant[],
  rounds: number,
  load: (contestant: Contestant, warming: boolean) => Promise<Loaded>,
): Promise<Samples> {
  for (const contestant of contestants) await load(contestant, true);
  return await inTurns(contestants, rounds, { load: (contestant) => load(contestant, false) });
}

/** What each contestant took, round by round, by its name. */
export type Samples = ReadonlyMap<string, readonly Sample[]>;

interface Turn {
  /** What comes before it and does not count. */
  readonly begin?: (contestant: Contestant) => Promise<unknown>;
  readonly load: (contestant: Contestant) => Promise<Loaded>;
}

/** The same for contestants that are warm. */
export async function inTurns(
  contestants: readonly Contestant[],
  rounds: number,
  { begin = async () => undefined, load }: Turn,
): Promise<Samples> {
  const samples = new Map<string, Sample[]>(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1)
    for (let place = 0; place < contestants.length; place += 1) {
      const contestant = contestants[(place + round) % contestants.length] as Contestant;
      await begin(contestant);
      samples.get(contestant.name)?.push(await sample(contestant, () => load(contestant)));
    }
  return samples;
}

/** A machine that is busy with something else may leave a short round without an answer. */
const TRIES = 3;

async function sample(contestant: Contestant, load: () => Promise<Loaded>): Promise<Sample> {
  for (let tried = 1; ; tried += 1) {
    const before = await used(contestant);
    const { requests, seconds, p50, p99 } = await load();
    const after = await used(contestant);
    if (requests > 0)
      return {
        cpu: (after.cpu - before.cpu) / requests / 1000,
        kib: (after.allocated - before.allocated) / requests / 1024,
        rate: requests / seconds,
        p50,
        p99,
      };
    if (tried === TRIES)
      throw new Error(`${contestant.name} answered nothing in ${TRIES} rounds of ${seconds} s`);
  }
}

async function used({ pid, allocated }: Contestant): Promise<{ cpu: number; allocated: number }> {
  return {
    cpu: pid === undefined ? Number.NaN : cpuOf(pid),
    allocated: (await allocated?.()) ?? Number.NaN,
  };
}
