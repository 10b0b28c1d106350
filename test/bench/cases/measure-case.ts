import { links } from '../load/links.ts';
import type { Loaded } from '../load/loaded.ts';
import type { Work } from '../load/work.ts';
import { wrk } from '../load/wrk.ts';
import { median, spread } from '../measure/median.ts';
import { interleaved, type Sample } from '../measure/rounds.ts';
import type { Contestant } from '../stand/contestant.ts';
import type { Ground } from '../stand/ground.ts';
import type { Peer, Stand } from '../stand/stand.ts';
import type { Case, Entrant } from './cases.ts';

/** What one entrant took: medians, and how far the rounds lay apart as a share of them. */
export interface Cost {
  readonly label: string;
  readonly unit: 'request' | 'MiB';
  /** Microseconds of CPU. Null for the origin itself. */
  readonly cpu: number | null;
  readonly cpuSpread: number | null;
  /** KiB allocated on the heaps. Null for what is not written in JavaScript. */
  readonly kib: number | null;
  readonly kibSpread: number | null;
  /** A second. */
  readonly rate: number;
  /** Of a request, in ms, at that rate. */
  readonly p50: number;
  readonly p99: number;
}

export interface Bounds {
  readonly rounds: number;
  readonly seconds: number;
  /** Seconds of load before anything counts, for a contestant in JavaScript: until V8 has optimised what it will. */
  readonly warm: number;
  readonly peers: readonly Peer[];
}

/** Measures a case. Entrants whose peer does not take part are left out. */
export async function measureCase(stand: Stand, { entrants }: Case, bounds: Bounds): Promise<Cost[]> {
  const taking = entrants().filter(({ peer }) => peer === undefined || bounds.peers.includes(peer));
  const works = new Map<string, Work>();
  const contestants: Contestant[] = [];
  for (const { label, work, peer, variant } of taking) {
    works.set(label, work);
    const contestant: Contestant = peer ? await stand.peer(peer) : await stand.proxy(variant);
    contestants.push({ ...contestant, name: label });
  }
  const { rounds, seconds, warm } = bounds;
  const samples = await interleaved(contestants, rounds, (contestant, warming) => {
    const before = contestant.allocated ? warm : Math.min(1, warm);
    return load(stand.ground, contestant, works.get(contestant.name) as Work, warming ? before : seconds);
  });
  return taking.map((entrant) => costOf(entrant, samples.get(entrant.label) ?? []));
}

function load(ground: Ground, contestant: Contestant, work: Work, seconds: number): Promise<Loaded> {
  const asked = contestant.opaque ? { ...work, received: 0 } : work;
  return work.by === 'links'
    ? links(ground, contestant, asked, { seconds })
    : wrk(ground, contestant, asked, Math.max(1, Math.round(seconds)));
}

function costOf({ label, work: { mib } }: Entrant, samples: readonly Sample[]): Cost {
  const of = (field: keyof Sample, per = 1): number[] => samples.map((sample) => sample[field] / per);
  const known = (value: number): number | null => (Number.isNaN(value) ? null : value);
  return {
    label,
    unit: mib ? 'MiB' : 'request',
    cpu: known(median(of('cpu', mib))),
    cpuSpread: known(spread(of('cpu'))),
    kib: known(median(of('kib', mib))),
    kibSpread: known(spread(of('kib'))),
    rate: median(of('rate')) * (mib ?? 1),
    p50: median(of('p50')),
    p99: median(of('p99')),
  };
}
