import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Loading, openLinks } from '../load/links.ts';
import type { Loaded } from '../load/loaded.ts';
import type { Work } from '../load/work.ts';
import { type Share, shareOf } from '../measure/interval.ts';
import { median } from '../measure/median.ts';
import { inTurns, type Samples } from '../measure/rounds.ts';
import type { Contestant } from '../stand/contestant.ts';
import type { Variant } from '../stand/proxy-config.ts';
import type { Stand } from '../stand/stand.ts';

/** What it costs to tell an operator of a request, beside the same request with nothing told. */
export interface Observing {
  readonly label: string;
  /** KiB that the heap allocates for a request: the median. */
  readonly kib: number;
  /** By that of `off`, round by round; and the same of the CPU. */
  readonly kibShare: Share;
  readonly cpuShare: Share;
}

/**
 * In requests, not in seconds: on a busy machine a second may be too short for V8 to optimise anything. All variants run
 * the same functions in the same process, so that these get as many requests from each.
 */
const WARM = 8000;
/** So many by turns: an idle connection is closed after a while. */
const WARM_AT_ONCE = 1000;
/** Of each round; and before it, for the connections to the store that are gone since the last. */
const REQUESTS = 300;
const RUN_IN = 32;

/** The most that the log, metrics and status may allocate, by what a request allocates without them. */
export const MOST_SHARE = 1.05;

const ON: Variant = { more: 'metrics: { labels: [client, bucket] }' };
const OFF: Variant = { admin: 'off', log: 'error' };

/** @param rounds how often each is measured, interleaved */
export async function measureObserving(
  stand: Stand,
  work: Work,
  rounds: number,
): Promise<readonly Observing[]> {
  const collector = await startCollector();
  const variants: Readonly<Record<string, Variant>> = {
    off: OFF,
    'log, metrics and status': ON,
    'and audit': { ...ON, audit: true },
    'and spans': { ...ON, collector: collector.port },
  };
  const observed = await observe(stand, work, variants);
  try {
    const samples = await observed.measure(rounds);
    return Object.keys(variants).map((label) => ({
      label,
      kib: median((samples.get(label) ?? []).map(({ kib }) => kib)),
      kibShare: shareIn(samples, 'kib', label),
      cpuShare: shareIn(samples, 'cpu', label),
    }));
  } finally {
    await observed.end();
    collector.close();
  }
}

/**
 * What a request allocates with the log, metrics and status, by what it does without: measured as often as somebody asks,
 * in one process.
 */
export async function* observingShares(stand: Stand, work: Work, rounds: number): AsyncGenerator<Share> {
  const { measure, end } = await observe(stand, work, { off: OFF, on: ON });
  try {
    for (;;) yield shareIn(await measure(rounds), 'kib', 'on');
  } finally {
    await end();
  }
}

interface Observed {
  readonly measure: (rounds: number) => Promise<Samples>;
  readonly end: () => Promise<void>;
}

/** Starts the variants and has them warm. */
async function observe(
  stand: Stand,
  work: Work,
  variants: Readonly<Record<string, Variant>>,
): Promise<Observed> {
  const contestants = await stand.together(variants);
  const loads = new Map<Contestant, Loading>();
  for (const contestant of contestants)
    loads.set(contestant, await openLinks(stand.ground, contestant, work));
  const load = (contestant: Contestant, requests: number): Promise<Loaded> =>
    (loads.get(contestant) as Loading).load({ requests });
  for (let warm = 0; warm < WARM; warm += WARM_AT_ONCE)
    for (const contestant of contestants) await load(contestant, WARM_AT_ONCE);
  return {
    measure: (rounds) =>
      inTurns(contestants, rounds, {
        begin: (contestant) => load(contestant, RUN_IN),
        load: (contestant) => load(contestant, REQUESTS),
      }),
    end: async () => {
      for (const { close } of loads.values()) close();
      await stand.endProxies();
    },
  };
}

function shareIn(samples: Samples, figure: 'kib' | 'cpu', label: string): Share {
  const base = samples.get('off') ?? [];
  return shareOf(
    (samples.get(label) ?? []).map((sample, round) => [sample[figure], base[round]?.[figure] ?? Number.NaN]),
  );
}

/** Takes spans and drops them. */
async function startCollector(): Promise<{ readonly port: number; readonly close: () => void }> {
  const server = http.createServer((request, response) => {
    request
      .resume()
      .once('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
