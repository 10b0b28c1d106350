import { setTimeout as pause } from 'node:timers/promises';
import { exchangeOnEach, idle, slowDownloads } from '../load/slow.ts';
import { peakOf, rssOf } from '../measure/processes.ts';
import { BUCKET } from '../stand/ground.ts';
import type { Variant } from '../stand/proxy-config.ts';
import type { Stand } from '../stand/stand.ts';

/** Memory of the proxy's process, in MiB. */
export interface Memory {
  readonly label: string;
  readonly before: number;
  /** Up to the moment when everything is there and has settled. */
  readonly peak: number;
  /** In that moment. */
  readonly held?: number;
  /** At the peak after it, when all clients leave at once. */
  readonly left?: number;
}

type Proxy = Awaited<ReturnType<Stand['proxy']>>;

const MIB = 1024 * 1024;
const SECONDS = 10;
const SETTLES_MS = 3000;
const DOWNLOADS = [1, 64, 1000];
const IDLE = 5000;

/** Without them the proxy refuses what is measured here, or ends it on a machine that is busy. */
const LIMITS: Variant = {
  upstream: '  limits: { connections: 1100, queue: 1000, wait: 60s }\n  timeouts: { connect: 60s }',
  more:
    'limits: { connections: 6000, requestsPerClient: 2000 }\n' +
    'timeouts: { handshake: 60s, head: 600s, keepAlive: 600s }',
};

/** Each in a process of its own, as memory that was used once is kept. */
export async function measureMemory(stand: Stand): Promise<Memory[]> {
  const results: Memory[] = [];
  for (const count of DOWNLOADS)
    results.push(
      await grown(stand, count === 1 ? '1 slow download' : `${count} slow downloads`, slow(count)),
    );
  results.push(await grown(stand, `${IDLE} idle connections`, open('not used')));
  results.push(await grown(stand, `${IDLE} idle connections, each after a GET`, open('used')));
  return results;
}

type Load = (stand: Stand, proxy: Proxy, settled: () => void) => Promise<void>;

function slow(count: number): Load {
  const call = { method: 'GET', path: `/${BUCKET}/64m/0` } as const;
  return ({ ground }, proxy, settled) =>
    slowDownloads(ground, proxy, call, { count, seconds: SECONDS }, settled);
}

function open(how: 'used' | 'not used'): Load {
  return async ({ ground }, proxy, settled) => {
    const sockets = await idle(ground, proxy, IDLE);
    if (how === 'used') await exchangeOnEach(proxy, sockets, { method: 'GET', path: `/${BUCKET}/1k/0` });
    await pause(SETTLES_MS);
    settled();
    const closed = sockets.filter(({ destroyed, readableEnded }) => destroyed || readableEnded).length;
    for (const socket of sockets) socket.destroy();
    if (closed > 0) throw new Error(`${closed} of ${IDLE} connections were closed`);
  };
}

async function grown(stand: Stand, label: string, load: Load): Promise<Memory> {
  const proxy = await stand.proxy(LIMITS);
  await pause(SETTLES_MS);
  const before = rssOf(proxy.pid) / MIB;
  let held = 0;
  let peak = 0;
  await load(stand, proxy, () => {
    held = rssOf(proxy.pid) / MIB;
    peak = peakOf(proxy.pid) / MIB;
  });
  await pause(SETTLES_MS);
  const left = peakOf(proxy.pid) / MIB;
  await stand.endProxies();
  return { label, before, peak, held, left };
}
