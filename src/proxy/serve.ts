import { setDefaultHighWaterMark } from 'node:stream';
import { type Admin, startAdmin } from '../admin/admin.ts';
import { type Listener, listen } from '../listener/listen.ts';
import type { Logger } from '../log.ts';
import { SigningKeys } from '../sigv4/signing-keys.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
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
  const agent = makeAgent(snapshot.upstream);
  const serving: Serving = { snapshot, agent, signingKeys: new SigningKeys(), log, now };
  const admin = snapshot.admin && (await startAdmin(snapshot.admin, { notReady: () => reason }));
  const listeners = await openAll(serving, admin);
  reason = undefined;
  return {
    urls: listeners.map(({ url }) => url),
    adminPort: admin?.port,
    stop: async () => {
      reason = 'draining';
      await Promise.all(listeners.map((listener) => listener.drain(snapshot.limits.drain)));
      agent.destroy();
      await admin?.close();
    },
  };
}

/** All listeners or none: one that can't be opened closes those that could. */
async function openAll(serving: Serving, admin: Admin | undefined): Promise<readonly Listener[]> {
  const opened: Listener[] = [];
  try {
    for (const settings of serving.snapshot.listeners) {
      const handler = (
        request: Parameters<typeof handle>[0],
        response: Parameters<typeof handle>[1],
      ): void => {
        void handle(request, response, serving, settings);
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
