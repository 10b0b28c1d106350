import { setTimeout as pause } from 'node:timers/promises';
import { idle, slowDownloads } from '../load/slow.ts';
import { peakOf, rssOf } from '../measure/processes.ts';
import { BUCKET } from '../stand/ground.ts';
import type { Variant } from '../stand/proxy-config.ts';
import type { Stand } from '../stand/stand.ts';

/** Memory of the proxy's process, in MiB. */
export interface Memory {
  readonly label: string;
  readonly before: number;
  readonly peak: number;
}

const MIB = 1024 * 1024;
const SECONDS = 10;
const DOWNLOADS = [1, 64, 1000];
const IDLE = 5000;

/** Without them the proxy refuses what is measured here. */
const LIMITS: Variant = {
  upstream: '  limits: { connections: 1100, queue: 1000, wait: 60s }\n  timeouts: { connect: 60s }',
  more: 'limits: { connections: 6000, requestsPerClient: 2000 }\ntimeouts: { handshake: 60s, keepAlive: 300s }',
};

/** Each in a process of its own, as memory that was used once is kept. */
export async function measureMemory(stand: Stand): Promise<Memory[]> {
  const call = { method: 'GET', path: `/${BUCKET}/64m/0` } as const;
  const results: Memory[] = [];
  for (const count of DOWNLOADS) {
    const label = count === 1 ? '1 slow download' : `${count} slow downloads`;
    results.push(
      await grown(stand, label, (proxy) =>
        slowDownloads(stand.ground, proxy, call, { count, seconds: SECONDS }),
      ),
    );
  }
  results.push(
    await grown(stand, `${IDLE} idle connections`, async (proxy) => {
      const sockets = await idle(stand.ground, proxy, IDLE);
      await pause(2000);
      const open = sockets.filter(({ destroyed }) => !destroyed).length;
      for (const socket of sockets) socket.destroy();
      if (open < IDLE) throw new Error(`${IDLE - open} of ${IDLE} connections were closed`);
    }),
  );
  return results;
}

async function grown(
  stand: Stand,
  label: string,
  load: (proxy: Awaited<ReturnType<Stand['proxy']>>) => Promise<void>,
): Promise<Memory> {
  const proxy = await stand.proxy(LIMITS);
  await pause(1000);
  const before = rssOf(proxy.pid);
  await load(proxy);
  const peak = peakOf(proxy.pid);
  await stand.endProxies();
  return { label, before: before / MIB, peak: peak / MIB };
}
