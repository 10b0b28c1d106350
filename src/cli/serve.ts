import type { Build } from '../admin/process-metrics.ts';
import type { AuditLog } from '../audit-log.ts';
import { openAudit, Reopening, reopenAudit } from '../auditing.ts';
import { formatProblem } from '../config/problem.ts';
import { collectGarbage } from '../garbage.ts';
import type { Io } from '../io.ts';
import { refreshKeys } from '../keys/refresh.ts';
import { KeyStores } from '../keys/stores/key-stores.ts';
import { firstSignal } from '../lifecycle.ts';
import { unusedSockets } from '../listener/systemd-sockets.ts';
import { type Logger, makeLog } from '../log.ts';
import { LogDestination } from '../log-destination.ts';
import { logOutput } from '../log-output.ts';
import { type RunningProxy, startProxy } from '../proxy/serve.ts';
import { quoted } from '../shell.ts';
import { dressLog } from '../snapshot/dress-log.ts';
import { unpinnedKeys } from '../snapshot/edited-keys.ts';
import { type LoadOptions, type LoadResult, loadConfig } from '../snapshot/load.ts';
import { KEY_REFRESH, type Reloader, reloader } from '../snapshot/reload.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { loadTracer } from '../tracing/load.ts';
import { workerCount } from '../workers/count.ts';
import { workerLine } from '../workers/line.ts';
import { ownNumber } from '../workers/own-number.ts';
import { turnTicketKeys } from '../workers/ticket-keys.ts';
import { audited } from './audited.ts';
import { configName, configReader, isStdin } from './config-source.ts';
import { notifySystemd } from './notify-systemd.ts';
import { endUnwritten } from './process-io.ts';
import { runningBuild } from './version.ts';

export interface ServeAsked {
  readonly config: string;
}

/** `ssec-proxy serve`: serves until SIGTERM or SIGINT, then drains. Exit codes: 0, 1 for a config or socket that can't be used. */
export async function serve({ config }: ServeAsked, io: Io): Promise<number> {
  const number = ownNumber();
  const dress = number === undefined ? undefined : workerLine(number);
  const destination = new LogDestination(logOutput(STDOUT), undefined, dress);
  // Before anything is read: without a listener the signal would end the process.
  const reopening = new Reopening();
  let unwritten: Error | undefined;
  let code: number;
  try {
    code =
      number === undefined
        ? await serveUntilSignal(config, io, { destination, reopening })
        : await (await import('../workers/worker.ts')).work(
            { config, name: configName(config), number },
            { destination, reopening },
          );
  } finally {
    unwritten = await destination.end();
  }
  // Who can't read why it did not start is told on standard error; after serving, the log itself was no reason to fail.
  if (unwritten && code !== 0) endUnwritten(unwritten);
  return code;
}

const STDOUT = 1;

/** So many problems are surely less than what may wait. */
const SOME = 500;

interface Logs {
  readonly destination: LogDestination;
  readonly reopening: Reopening;
}

async function serveUntilSignal(config: string, io: Io, { destination, reopening }: Logs): Promise<number> {
  const file = configName(config);
  // Before anything is read: a signal that comes while the proxy starts is about a file that may have been read already.
  let hungUp = false;
  let onHangup = (): void => {
    hungUp = true;
  };
  process.on('SIGHUP', () => onHangup());
  const keyStores = new KeyStores();
  const readFile = configReader(io);
  const load = followable(config, { keyStores, readFile });
  const { snapshot, problems, files } = await load();
  const log = makeLog(snapshot?.logLevel ?? 'info', destination);
  if (snapshot) dressLog(log, snapshot);
  let written = true;
  for (const [index, problem] of problems.entries()) {
    log[problem.severity === 'error' ? 'error' : 'warn'](formatProblem(problem, file));
    // A long config may have more to say than what may wait. A reader gets all of it.
    if (written && index % SOME === SOME - 1) written = await destination.settled();
  }
  if (!snapshot) {
    log.fatal(`${file} can't be used; fix the errors above and try "ssec-proxy check ${quoted(config)}"`);
    return 1;
  }
  const several = workerCount(snapshot.workers) > 1;
  const audit = await openAudit(snapshot.audit, log, several ? MASTER : undefined);
  if (audit === 'failed') return 1;
  const stopping = firstSignal();
  const proxy = await start(snapshot, log, {
    keyStores: keyStores.health,
    destination,
    audit,
    build: runningBuild(),
    config: async () => (isStdin(config) ? (await readFile(config)).bytes : undefined),
  }).catch((error: unknown) => {
    const cause = error instanceof Error ? error.message : String(error);
    log.fatal({ cause }, (error instanceof Error && STARTS[error.name]) || "a listener can't be opened");
    return undefined;
  });
  if (!proxy) {
    await audit?.end();
    return 1;
  }
  await collectGarbage();
  audit?.event('started', { listen: proxy.urls });
  reopening.use(() => {
    reopenAudit(audit, log);
    proxy.reopen?.();
  });
  for (const warning of unpinnedKeys(snapshot)) log.warn(warning);
  log.info({ listen: proxy.urls, admin: proxy.adminPort }, 'serving');
  for (const socket of unusedSockets(snapshot.listeners)) log.warn({ socket }, UNUSED);
  notifySystemd('ready', log);
  if (isStdin(config)) log.info(NO_RELOAD);
  const reloads = followChanges({
    file,
    snapshot,
    files,
    proxy: audited(proxy, audit),
    log,
    keyStores,
    loadAgain: load,
  });
  onHangup = () => reloads.request('SIGHUP');
  if (hungUp) onHangup();
  const signal = await stopping;
  log.info({ signal }, 'draining');
  audit?.event('draining', { signal });
  notifySystemd('stopping', log);
  reloads.stop();
  await proxy.stop();
  await keyStores.close();
  audit?.event('stopped');
  const unaudited = await audit?.end();
  if (unaudited) log.error({ cause: unaudited.message }, 'the audit log could not be written to its end');
  log.info('stopped');
  return 0;
}

/** What did not start, by the name of the error. */
const STARTS: Readonly<Record<string, string>> = {
  NoWorker: 'no worker can serve',
  AdminAddressError: "the admin address can't be opened",
};

/** The number of the master among its workers, in the audit log. */
const MASTER = 0;

const UNUSED =
  'systemd has passed a socket that no listener uses, and who connects there waits for nobody: add a listener systemd:NAME, or disable its unit';

interface Started extends Pick<RunningProxy, 'urls' | 'adminPort' | 'keep' | 'stop'> {
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

/** In this process, or in several workers that it watches over. */
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

const NO_RELOAD =
  "the config came from standard input, so it can't be reloaded; the files that it names still are";

/** Loads the config again and again. Standard input is not a file that could be watched. */
function followable(config: string, options: LoadOptions): () => Promise<LoadResult> {
  return async () => {
    const loaded = await loadConfig(config, options);
    const files = [...loaded.files].filter(([path]) => !isStdin(path));
    return { ...loaded, files: new Map(files) };
  };
}

type Followed = Omit<Parameters<typeof reloader>[0], 'load'> & {
  readonly keyStores: KeyStores;
  readonly loadAgain: () => Promise<LoadResult>;
};

/** Reloads when files change, when it is asked to, and when it is time to ask for the keys again. */
function followChanges({ keyStores, loadAgain, ...served }: Followed): Reloader {
  let every = served.snapshot.keyRefresh;
  const refresher = refreshKeys({
    health: keyStores.health,
    request: () => reloads.request(KEY_REFRESH),
    random: Math.random,
  });
  const load = async (): Promise<LoadResult> => {
    try {
      const loaded = await loadAgain();
      if (loaded.snapshot) every = loaded.snapshot.keyRefresh;
      return loaded;
    } finally {
      refresher.arm(every);
    }
  };
  const reloads = reloader({ ...served, load });
  refresher.arm(every);
  return {
    request: reloads.request,
    stop: () => {
      reloads.stop();
      refresher.stop();
    },
  };
}
