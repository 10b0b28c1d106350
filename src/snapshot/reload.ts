import { formatProblem } from '../config/problem.ts';
import type { Contents } from '../config/reads.ts';
import { readFromDisk } from '../files.ts';
import type { Logger } from '../log.ts';
import { editedKeys, lostKeys } from './edited-keys.ts';
import { type LoadResult, loadConfig } from './load.ts';
import type { Snapshot } from './snapshot.ts';
import { watchFiles } from './watch.ts';

/** The reason of a reload that only fetches the keys again. */
export const KEY_REFRESH = 'key refresh';

interface Reloading {
  readonly file: string;
  /** The snapshot in use. */
  readonly snapshot: Snapshot;
  /** The files that it was read from. */
  readonly files: Contents;
  /** What was said of it. */
  readonly problems: LoadResult['problems'];
  readonly proxy: Reloaded;
  readonly log: Logger;
  readonly load?: (file: string) => Promise<LoadResult>;
}

/** The proxy that uses the snapshots. */
interface Reloaded {
  /** @returns the changed fields of the config that need a restart; throws when the snapshot can't be used */
  reload(snapshot: Snapshot): readonly string[] | Promise<readonly string[]>;
  /** The new config can't be used. @param cause the first reason */
  keep(cause?: string): void;
}

export interface Reloader {
  /** Queues a reload. Requests that arrive while one is queued are merged into it. `reason` goes to the log. */
  readonly request: (reason: string) => void;
  /** Starts no more reloads and checks no more files. */
  stop(): void;
}

/**
 * Reads the config again on request or when a file changed, and uses it, or keeps the old one and logs why. Reloads run
 * one after the other, so that the last one wins.
 */
export function reloader({ file, proxy, log, load = loadConfig, ...begun }: Reloading): Reloader {
  let { snapshot: current, files } = begun;
  let running = false;
  let stopped = false;
  let told = JSON.stringify(saidOf(begun.problems, file));
  const reasons = new Set<string>();

  const take = async (reason: string): Promise<void> => {
    const { snapshot: next, problems, ...read } = await load(file);
    files = read.files;
    if (stopped) return;
    const refusals = next ? [...editedKeys(current, next), ...lostKeys(current, next)] : [];
    const found = [...saidOf(problems, file), ...refusals.map((refusal) => ['error', refusal] as const)];
    // Keys are fetched again and again, so a warning that was logged before is not repeated.
    const quiet = reason === KEY_REFRESH && told === JSON.stringify(found);
    told = JSON.stringify(found);
    for (const [severity, text] of quiet ? [] : found) log[severity === 'error' ? 'error' : 'warn'](text);
    const taken = next && refusals.length === 0 ? next : undefined;
    if (taken) {
      for (const field of await proxy.reload(taken))
        log.warn(`${field} has changed; a restart is needed to apply it`);
      current = taken;
      log[quiet ? 'debug' : 'info']({ reason }, 'reloaded');
    } else {
      proxy.keep(found.find(([severity]) => severity === 'error')?.[1]);
      log[quiet ? 'debug' : 'error']({ reason }, `${file} was not loaded; the previous config stays in use`);
    }
  };
  const run = async (): Promise<void> => {
    running = true;
    while (reasons.size > 0) {
      const reason = [...reasons].join(', ');
      reasons.clear();
      await take(reason).catch((error: unknown) => {
        // Workers that end for good take nothing any more, which is no fault of the config.
        if (stopped) return;
        const cause = error instanceof Error ? error.message : String(error);
        proxy.keep(cause);
        log.error({ cause }, 'the reload failed');
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

function saidOf(problems: LoadResult['problems'], file: string) {
  return problems.map((problem) => [problem.severity, formatProblem(problem, file)] as const);
}
