import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { links } from '../load/links.ts';
import type { Work } from '../load/work.ts';
import { type Share, shareOf } from '../measure/interval.ts';
import { median } from '../measure/median.ts';
import { interleaved, type Sample } from '../measure/rounds.ts';
import type { Contestant } from '../stand/contestant.ts';
import type { Variant } from '../stand/proxy-config.ts';
import type { Stand } from '../stand/stand.ts';
import { get } from './works.ts';

/** What it costs to tell an operator of a request, beside the same request with nothing told. */
export interface Observing {
  readonly label: string;
  /** KiB that the heap allocates for a request: the median. */
  readonly kib: number;
  /** By that of `off`, round by round; and the same of the CPU. */
  readonly kibShare: Share;
  readonly cpuShare: Share;
}

/** In requests, not in seconds: on a busy machine a second may be too short for V8 to optimise anything. */
const WARM = 8000;
const REQUESTS = 400;

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
  try {
    const samples = await sampled(stand, work, variants, rounds);
    return Object.keys(variants).map((label) => ({
      label,
      kib: median((samples.get(label) ?? []).map(({ kib }) => kib)),
      kibShare: shareIn(samples, 'kib', label),
      cpuShare: shareIn(samples, 'cpu', label),
    }));
  } finally {
    collector.close();
  }
}

/** What a GET 1 KiB allocates with the log, metrics and status, by what it does without. */
export async function observingShare(stand: Stand, rounds: number): Promise<Share> {
  const samples = await sampled(stand, get('1k'), { off: OFF, on: ON }, rounds);
  await stand.endProxies();
  return shareIn(samples, 'kib', 'on');
}

type Samples = ReadonlyMap<string, readonly Sample[]>;

async function sampled(
  stand: Stand,
  work: Work,
  variants: Readonly<Record<string, Variant>>,
  rounds: number,
): Promise<Samples> {
  const contestants: Contestant[] = [];
  for (const [name, variant] of Object.entries(variants))
    contestants.push({ ...(await stand.proxy(variant)), name });
  return await interleaved(contestants, rounds, (contestant, warming) =>
    links(stand.ground, contestant, work, { requests: warming ? WARM : REQUESTS }),
  );
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
