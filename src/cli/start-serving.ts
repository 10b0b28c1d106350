import type { Build } from '../admin/process-metrics.ts';
import type { AuditLog } from '../audit-log.ts';
import type { KeyStores } from '../keys/stores/key-stores.ts';
import type { Logger } from '../log.ts';
import type { LogDestination } from '../log-destination.ts';
import { type RunningProxy, startProxy } from '../proxy/serve.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { loadTracer } from '../tracing/load.ts';
import { workerCount } from '../workers/count.ts';
import { turnTicketKeys } from '../workers/ticket-keys.ts';

/** What serves, in one process or in several: then a reload takes its time. */
export interface Started extends Pick<RunningProxy, 'urls' | 'adminPort' | 'keep' | 'stop'> {
  reload(snapshot: Snapshot): readonly string[] | Promise<readonly string[]>;
  /** Has all workers open their audit logs again. */
  reopen?(): void;
}

interface Surroundings {
  readonly keyStores: KeyStores['health'];
  readonly destination: LogDestination;
  readonly audit: AuditLog | undefined;
  readonly build: Build;
  /** What came in by standard input, if that is the config. */
  readonly config: () => Promise<Uint8Array | undefined>;
}

/**
 * Serves a snapshot in this process, or in several workers that it watches over.
 * @returns undefined when it can't, which the log says
 */
export async function startServing(
  snapshot: Snapshot,
  log: Logger,
  surroundings: Surroundings,
): Promise<Started | undefined> {
  try {
    return await start(snapshot, log, surroundings);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    log.fatal({ cause }, (error instanceof Error && NOT_STARTED[error.name]) || "a listener can't be opened");
    return undefined;
  }
}

/** What did not start, by the name of the error. */
const NOT_STARTED: Readonly<Record<string, string>> = {
  NoWorker: 'no worker can serve',
  AdminAddressError: "the admin address can't be opened",
};

async function start(
  snapshot: Snapshot,
  log: Logger,
  { config, ...surroundings }: Surroundings,
): Promise<Started> {
  const count = workerCount(snapshot.workers);
  if (count > 1) {
    const { startCrew } = await import('../workers/master.ts');
    return await startCrew(snapshot, log, { ...surroundings, count, config: await config() });
  }
  const tracer = await loadTracer(log);
  const proxy = await startProxy(snapshot, log, { ...surroundings, showsProcess: true, tracer });
  const stopTurning = turnTicketKeys((keys) => proxy.setTicketKeys(keys));
  return {
    ...proxy,
    stop: async () => {
      stopTurning();
      await proxy.stop();
    },
  };
}
