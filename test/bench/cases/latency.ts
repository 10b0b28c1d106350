import { percentile } from '../load/loaded.ts';
import { openLoop } from '../load/open-loop.ts';
import type { Work } from '../load/work.ts';
import { wrk } from '../load/wrk.ts';
import type { Contestant } from '../stand/contestant.ts';
import type { Stand } from '../stand/stand.ts';
import type { Bounds } from './measure-case.ts';
import { get } from './works.ts';

/** Latency at a fixed rate, in ms, of all rounds together. */
export interface Latency {
  readonly label: string;
  readonly rate: number;
  readonly requests: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}

const RATES = [200, 500];

/** GET 1 KiB at fixed rates, by a generator that does not wait: a server that stalls is asked all the same. */
export async function measureLatency(
  stand: Stand,
  { rounds, seconds, warm, peers }: Bounds,
): Promise<Latency[]> {
  const contestants: Contestant[] = [];
  for (const peer of peers) if (peer !== 'nginx') contestants.push(await stand.peer(peer));
  contestants.push({ ...(await stand.proxy()), name: 'ours' });
  const work = get('1k');
  // As warm as for the other cases: at these rates V8 would compile through all rounds.
  for (const contestant of contestants) await wrk(stand.ground, contestant, work, warm);
  const results: Latency[] = [];
  for (const rate of RATES)
    results.push(...(await atRate(stand, contestants, work, { rate, rounds, seconds })));
  return results;
}

async function atRate(
  { ground }: Stand,
  contestants: readonly Contestant[],
  work: Work,
  { rate, rounds, seconds }: { rate: number; rounds: number; seconds: number },
): Promise<Latency[]> {
  const seen = new Map<string, number[]>(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1)
    for (const contestant of contestants)
      seen.get(contestant.name)?.push(...(await openLoop(ground, contestant, work, { rate, seconds })));
  return [...seen].map(([label, latencies]) => {
    const sorted = latencies.toSorted((a, b) => a - b);
    const [p50, p99, p999] = [0.5, 0.99, 0.999].map((share) => percentile(sorted, share)) as [
      number,
      number,
      number,
    ];
    return { label, rate, requests: sorted.length, p50, p99, p999 };
  });
}
