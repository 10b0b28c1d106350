import { formatProblem } from '../config/problem.ts';
import type { Contents } from '../config/reads.ts';
import { readFromDisk } from '../files.ts';
import type { Logger } from '../log.ts';
import { editedKeys, lostKeys } from './edited-keys.ts';
import { type LoadResult, loadConfig } from './load.ts';
import type { Snapshot } from './snapshot.ts';
import { watchFiles } from './watch.ts';

/** Why a reload that only asks for the keys again is requested. */
export const KEY_REFRESH = 'key refresh';

interface Reloading {
  readonly file: string;
  /** The one that is served now. */
  readonly snapshot: Snapshot;
  /** What it was read from. */
  readonly files: Contents;
  readonly proxy: Reloaded;
  readonly log: Logger;
  readonly load?: (file: string) => Promise<LoadResult>;
}

/** Who serves by the snapshots. */
interface Reloaded {
  /** @returns the fields of the config that wait for a restart */
  reload(snapshot: Snapshot): readonly string[];
  /** What was to be reloaded can't be served. */
  keep(): void;
}

export interface Reloader {
  /** Queues a reload. All that are asked for while one waits are one. `reason` goes to the log. */
  readonly request: (reason: string) => void;
  /** No reload begins from now on, and no file is looked at. */
  stop(): void;
}

/**
 * Reads the config anew when it is asked to or when a file changed, and serves it, or keeps the old one and says why.
 * Reloads follow one another, so that the last one asked for wins.
 */
export function reloader({ file, proxy, log, load = loadConfig, ...begun }: Reloading): Reloader {
  let { snapshot: current, files } = begun;
  let running = false;
  let stopped = false;
  let told = '[]';
  const reasons = new Set<string>();

  const take = async (reason: string): Promise<void> => {
    const { snapshot: next, problems, ...read } = await load(file);
    files = read.files;
    if (stopped) return;
    const refusals = next ? [...editedKeys(current, next), ...lostKeys(current, next)] : [];
    const found = [
      ...problems.map((problem) => [problem.severity, formatProblem(problem, file)] as const),
      ...refusals.map((refusal) => ['error', refusal] as const),
    ];
    // Keys are asked for again and again, and what was told once is not told at each time.
    const quiet = reason === KEY_REFRESH && told === JSON.stringify(found);
    told = JSON.stringify(found);
    for (const [severity, text] of quiet ? [] : found) log[severity === 'error' ? 'error' : 'warn'](text);
    const taken = next && refusals.length === 0 ? next : undefined;
    if (taken) {
      for (const field of proxy.reload(taken)) log.warn(`${field} was changed, which waits for a restart`);
      current = taken;
      log[quiet ? 'debug' : 'info']({ reason }, 'reloaded');
    } else {
      proxy.keep();
      log[quiet ? 'debug' : 'error']({ reason }, `${file} was not taken; the config before it stays in use`);
    }
  };
  const run = async (): Promise<void> => {
    running = true;
    while (reasons.size > 0) {
      const reason = [...reasons].join(', ');
      reasons.clear();
      await take(reason).catch((error: unknown) => {
        proxy.keep();
        log.error({ cause: error instanceof Error ? error.message : String(error) }, 'the reload failed');
      });
      if (!stopped) watch.over(files, current.watch);
    }
    running = false;
  };
  const request = (reason: string): void => {
    if (stopped) return;
    reasons.add(reason);
    if (!running) void run();
  };
  const watch = watchFiles({
    readFile: readFromDisk,
    changed: (paths) => request(`changed: ${paths.join(', ')}`),
  });
  watch.over(files, current.watch);
  return {
    request,
    stop: () => {
      stopped = true;
      reasons.clear();
      watch.stop();
    },
  };
}
