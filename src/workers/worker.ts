import { setTimeout as pause } from 'node:timers/promises';
import type { AuditLog } from '../audit-log.ts';
import { openAudit, reopenAudit } from '../auditing.ts';
import { formatProblem } from '../config/problem.ts';
import { type ReadFile, readFromDisk } from '../files.ts';
import { collectGarbage } from '../garbage.ts';
import { KeyStores } from '../keys/stores/key-stores.ts';
import { firstSignal, type RememberedSignal } from '../lifecycle.ts';
import { type Logger, makeLog } from '../log.ts';
import type { LogDestination } from '../log-destination.ts';
import { type RunningProxy, startProxy } from '../proxy/serve.ts';
import { dressLog } from '../snapshot/dress-log.ts';
import { loadConfig } from '../snapshot/load.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { loadTracer } from '../tracing/load.ts';
import type { Begun, Opening } from './calls.ts';
import { snapshotDigest } from './digest.ts';
import { shareOf } from './share.ts';
import { type LoadedConfig, WorkerSide } from './worker-side.ts';

/** For the master to say what a worker begins with, in milliseconds. */
const BEGIN_MS = 10_000;

/** The config that a worker serves by, and what it is called in messages. */
interface Named {
  readonly config: string;
  readonly name: string;
  /** Of this worker. */
  readonly number: number;
}

interface Logs {
  readonly destination: LogDestination;
  readonly reopening: RememberedSignal;
}

/**
 * Serves as one of several workers: loads the config itself, and gets from the master its connections, and what it has to
 * know of the others. Without a master it finishes what it has, and ends.
 * @returns the exit code
 */
export async function work(named: Named, { destination, reopening }: Logs): Promise<number> {
  // A terminal that hangs up sends it to all processes; to reload is the master's to say.
  process.on('SIGHUP', () => {});
  const signal = firstSignal();
  const log = makeLog('info', destination);
  const keyStores = new KeyStores();
  const side = new WorkerSide(process);
  let serving: Serving | undefined;
  try {
    serving = await begin(side, named, { log, keyStores, destination, reopening });
    if (!serving) return 1;
    if ((await Promise.race([signal, side.dismissed])) === 'no master')
      log.warn('the master is gone; the worker finishes its requests and ends');
    await finish(side, serving.proxy);
    return 0;
  } finally {
    await serving?.audit?.end();
    await keyStores.close();
    // The channel is gone with a master that was killed.
    if (process.connected) process.disconnect?.();
  }
}

/** What serves. Of the config that it began with it has nothing: the secrets of one go from memory when another is used. */
interface Serving {
  readonly proxy: RunningProxy;
  readonly audit: AuditLog | undefined;
}

interface Surroundings extends Logs {
  readonly log: Logger;
  readonly keyStores: KeyStores;
}

/** @returns undefined when it can't serve, which the log says */
async function begin(
  side: WorkerSide,
  named: Named,
  { log, keyStores, destination, reopening }: Surroundings,
): Promise<Serving | undefined> {
  const opened = await open(side, named, keyStores);
  if (opened.kind === 'refused') {
    log.error({ cause: opened.cause }, "the worker can't serve");
    return undefined;
  }
  const { snapshot } = opened;
  dressLog(log, snapshot);
  const audit = await openAudit(snapshot.audit, log, named.number);
  if (audit === 'failed') return undefined;
  try {
    side.reopen = () => reopenAudit(audit, log);
    reopening.use(side.reopen);
    await collectGarbage();
    const proxy = await startProxy(snapshot, log, {
      keyStores: keyStores.health,
      destination,
      audit,
      distrust: side.distrust,
      encryptedUploads: side.uploads,
      handedOver: true,
      showsProcess: true,
      tracer: await loadTracer(log),
    });
    side.serve(proxy);
    return { proxy, audit };
  } catch (error) {
    await audit?.end();
    throw error;
  }
}

type Opened =
  | { readonly kind: 'open'; readonly snapshot: Snapshot }
  | { readonly kind: 'refused'; readonly cause: string };

/** Loads the config; the master says whether it is the one that the others serve by, and what they know. */
async function open(side: WorkerSide, named: Named, keyStores: KeyStores): Promise<Opened> {
  const begun = await side.master.ask('begin', {}, BEGIN_MS);
  if (!begun) return NO_ANSWER;
  side.load = loading(named, keyStores, begun);
  let refused: Opened = NO_ANSWER;
  for (let read = 1; read <= MOST_READS; read += 1) {
    const loaded = await side.load();
    if ('cause' in loaded) return { kind: 'refused', ...loaded };
    const { snapshot, digest, warnings } = loaded;
    const opening: Opening = (await side.master.ask('loaded', { digest }, BEGIN_MS)) ?? NO_ANSWER;
    if (opening.kind === 'open') {
      side.begin(opening);
      return { kind: 'open', snapshot };
    }
    refused = { kind: 'refused', cause: `${opening.cause}${warnings && `. Meanwhile: ${warnings}`}` };
    await pause(AGAIN_MS);
  }
  return refused;
}

/** Files may be in the middle of a change, and a key store may fail for a moment: then it reads again, so often, after milliseconds. */
const MOST_READS = 3;
const AGAIN_MS = 500;

const NO_ANSWER = { kind: 'refused', cause: 'the master did not answer' } as const;

function loading({ config, name }: Named, keyStores: KeyStores, begun: Begun): () => Promise<LoadedConfig> {
  const digestKey = Buffer.from(begun.digestKey, 'base64');
  const content = begun.config === undefined ? undefined : Buffer.from(begun.config, 'base64');
  const readFile: ReadFile = (path) =>
    content && path === config
      ? Promise.resolve({ bytes: content, mode: 0o600, truncated: false })
      : readFromDisk(path);
  return async () => {
    const { snapshot, problems } = await loadConfig(config, { keyStores, readFile });
    const said = problems.map((problem) => formatProblem(problem, name)).join('; ');
    if (!snapshot) return { cause: said };
    const digest = snapshotDigest(snapshot, digestKey);
    return { snapshot: shareOf(snapshot, begun.count), digest, warnings: said };
  };
}

/** The master gives it no more connections from the answer on; what it has counted is told last. */
async function finish({ master }: WorkerSide, proxy: RunningProxy): Promise<void> {
  await master.ask('leaving', {});
  await proxy.stop();
  await master.ask('farewell', { figures: await proxy.figures() });
}
