import { setDefaultHighWaterMark } from 'node:stream';
import { type Admin, startAdmin } from '../admin/admin.ts';
import { makeMetrics } from '../admin/metrics.ts';
import { type Handler, type Listener, listen } from '../listener/listen.ts';
import type { Logger } from '../log.ts';
import { SigningKeys } from '../sigv4/signing-keys.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { Distrust } from '../ssec/distrust.ts';
import { makeAgent } from '../upstream/agents.ts';
import { handle, type Serving } from './handle.ts';

/**
 * What a stream holds before it pauses its source, in bytes: one TLS record. With Node's 64 KiB a hundred slow transfers
 * hold a hundred times that on each side. It is the process's default because an https server takes none of its own.
 */
const HIGH_WATER_MARK = 16 * 1024;

export interface RunningProxy {
  /** The URLs that it listens on, in the order of the config. */
  readonly urls: readonly string[];
  readonly adminPort: number | undefined;
  /**
   * Serves new requests by another snapshot; those under way finish by the one they began with. Listeners and the admin
   * address stay as they are.
   */
  reload(snapshot: Snapshot): void;
  /** Takes no more requests, lets those under way finish for at most `limits.drain`, then closes. */
  stop(): Promise<void>;
}

/** Opens every listener of a snapshot and serves it. */
export async function startProxy(
  snapshot: Snapshot,
  log: Logger,
  now: () => Date = () => new Date(),
): Promise<RunningProxy> {
  setDefaultHighWaterMark(false, HIGH_WATER_MARK);
  let reason: string | undefined = 'starting';
  const distrust = new Distrust();
  const metrics = makeMetrics({ distrusted: () => distrust.size });
  const lasting = { distrust, metrics, log, now, random: Math.random };
  let serving = servingOf(snapshot, lasting);
  const health = { notReady: () => reason, metrics: () => metrics.text() };
  const admin = snapshot.admin && (await startAdmin(snapshot.admin, health));
  const listeners = await openAll(snapshot, admin, () => serving);
  reason = undefined;
  return {
    urls: listeners.map(({ url }) => url),
    adminPort: admin?.port,
    reload: (next) => {
      serving = servingOf(next, lasting);
    },
    stop: async () => {
      reason = 'draining';
      await Promise.all(listeners.map((listener) => listener.drain(snapshot.limits.drain)));
      serving.agent.destroy();
      await admin?.close();
    },
  };
}

/** The old agent of a reload needs no end: its idle connections close by themselves, the busy ones when they are done. */
function servingOf(
  snapshot: Snapshot,
  lasting: Omit<Serving, 'snapshot' | 'agent' | 'signingKeys'>,
): Serving {
  return { ...lasting, snapshot, agent: makeAgent(snapshot.upstream), signingKeys: new SigningKeys() };
}

/** All listeners or none: one that can't be opened closes those that could. */
async function openAll(
  { listeners }: Snapshot,
  admin: Admin | undefined,
  current: () => Serving,
): Promise<readonly Listener[]> {
  const opened: Listener[] = [];
  try {
    for (const settings of listeners) {
      const handler: Handler = (request, response) => {
        void handle(request, response, current(), settings);
      };
      opened.push(await listen(settings, handler));
    }
  } catch (error) {
    await Promise.all(opened.map((listener) => listener.drain(0)));
    await admin?.close();
    throw error;
  }
  return opened;
}
