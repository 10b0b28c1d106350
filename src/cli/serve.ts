import type { AuditLog } from '../audit-log.ts';
import { openAudit, reopenAudit } from '../auditing.ts';
import { formatProblem } from '../config/problem.ts';
import { collectGarbage } from '../garbage.ts';
import type { Io } from '../io.ts';
import { KeyStores } from '../keys/stores/key-stores.ts';
import { firstSignal, RememberedSignal } from '../lifecycle.ts';
import { unusedSockets } from '../listener/systemd-sockets.ts';
import { type Logger, makeLog } from '../log.ts';
import { LogDestination } from '../log-destination.ts';
import { logOutput } from '../log-output.ts';
import { quoted } from '../shell.ts';
import { dressLog } from '../snapshot/dress-log.ts';
import { unpinnedKeys } from '../snapshot/edited-keys.ts';
import { type LoadOptions, type LoadResult, loadConfig } from '../snapshot/load.ts';
import type { Reloader } from '../snapshot/reload.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { workerCount } from '../workers/count.ts';
import { workerLine } from '../workers/line.ts';
import { ownNumber } from '../workers/own-number.ts';
import { audited } from './audited.ts';
import { configName, configReader, isStdin } from './config-source.ts';
import { followChanges } from './follow-changes.ts';
import { notifySystemd } from './notify-systemd.ts';
import { endUnwritten } from './process-io.ts';
import { type Started, startServing } from './start-serving.ts';
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
  const reopening = new RememberedSignal('SIGUSR2');
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

interface Logs {
  readonly destination: LogDestination;
  readonly reopening: RememberedSignal;
}

/** The config that is served, and all that lives as long as the process. */
interface Run extends Logs {
  /** As it was named; a name for messages is `file`. */
  readonly config: string;
  readonly file: string;
  readonly readFile: ReturnType<typeof configReader>;
  readonly keyStores: KeyStores;
  readonly load: () => Promise<LoadResult>;
  readonly log: Logger;
  readonly hangups: RememberedSignal;
}

async function serveUntilSignal(config: string, io: Io, logs: Logs): Promise<number> {
  // Before anything is read: a signal that comes while the proxy starts is about a file that may have been read already.
  const hangups = new RememberedSignal('SIGHUP');
  const readFile = configReader(io);
  const keyStores = new KeyStores();
  const load = followable(config, { keyStores, readFile });
  const log = makeLog('info', logs.destination);
  try {
    const serving = await begin({
      ...logs,
      config,
      file: configName(config),
      readFile,
      keyStores,
      load,
      log,
      hangups,
    });
    if (!serving) return 1;
    await endAtSignal(serving, log);
    log.info('stopped');
    return 0;
  } finally {
    // Whatever came of it: a vault counts those that are logged in.
    await keyStores.close();
  }
}

/**
 * What serves. Neither it nor who waits for its end holds the config that it began with: the secrets of a config go from
 * memory when another one is used.
 */
interface Serving {
  readonly proxy: Started;
  readonly audit: AuditLog | undefined;
  readonly reloads: Reloader;
  readonly stopping: Promise<NodeJS.Signals>;
}

/** @returns undefined when it can't serve, which the log says */
async function begin(run: Run): Promise<Serving | undefined> {
  const { config, file, load, log } = run;
  const loaded = await load();
  const { snapshot } = loaded;
  if (snapshot) dressLog(log, snapshot);
  await tellProblems(loaded.problems, run);
  if (!snapshot) {
    log.fatal(`${file} can't be used; fix the errors above and try "ssec-proxy check ${quoted(config)}"`);
    return undefined;
  }
  const several = workerCount(snapshot.workers) > 1;
  const audit = await openAudit(snapshot.audit, log, several ? MASTER : undefined);
  if (audit === 'failed') return undefined;
  const serving = await beginAudited({ ...loaded, snapshot }, audit, run);
  if (!serving) await endAudit(audit, log);
  return serving;
}

/** The number of the master among its workers, in the audit log. */
const MASTER = 0;

async function endAtSignal({ proxy, audit, reloads, stopping }: Serving, log: Logger): Promise<void> {
  const signal = await stopping;
  log.info({ signal }, 'draining');
  audit?.event('draining', { signal });
  notifySystemd('stopping', log);
  reloads.stop();
  await proxy.stop();
  audit?.event('stopped');
  await endAudit(audit, log);
}

async function endAudit(audit: AuditLog | undefined, log: Logger): Promise<void> {
  const unaudited = await audit?.end();
  if (unaudited) log.error({ cause: unaudited.message }, 'the audit log could not be written to its end');
}

/** So many problems are surely less than what may wait. */
const SOME = 500;

/** A long config may have more to say than what may wait. A reader gets all of it. */
async function tellProblems(
  problems: LoadResult['problems'],
  { file, log, destination }: Pick<Run, 'file' | 'log' | 'destination'>,
): Promise<void> {
  let written = true;
  for (const [index, problem] of problems.entries()) {
    log[problem.severity === 'error' ? 'error' : 'warn'](formatProblem(problem, file));
    if (written && index % SOME === SOME - 1) written = await destination.settled();
  }
}

type Usable = LoadResult & { readonly snapshot: Snapshot };

async function beginAudited(
  { snapshot, files, problems }: Usable,
  audit: AuditLog | undefined,
  run: Run,
): Promise<Serving | undefined> {
  const { config, file, readFile, keyStores, load, log, destination } = run;
  const stopping = firstSignal();
  const proxy = await startServing(snapshot, log, {
    keyStores: keyStores.health,
    destination,
    audit,
    build: runningBuild(),
    config: async () => (isStdin(config) ? (await readFile(config)).bytes : undefined),
  });
  if (!proxy) return undefined;
  await collectGarbage();
  announce(proxy, snapshot, audit, run);
  const reloads = followChanges({
    file,
    snapshot,
    files,
    problems,
    proxy: audited(proxy, audit),
    log,
    keyStores,
    loadAgain: load,
  });
  run.hangups.use(() => reloads.request('SIGHUP'));
  return { proxy, audit, reloads, stopping };
}

/** It serves: all that want to know are told, and the audit log follows its file from now on. */
function announce(
  proxy: Started,
  snapshot: Snapshot,
  audit: AuditLog | undefined,
  { log, config, reopening }: Pick<Run, 'log' | 'config' | 'reopening'>,
): void {
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
}

const UNUSED =
  'systemd has passed a socket that no listener uses, and who connects there waits for nobody: add a listener systemd:NAME, or disable its unit';

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
