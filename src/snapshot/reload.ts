import { loadConfig } from '../config/load.ts';
import { formatProblem } from '../config/problem.ts';
import type { Logger } from '../log.ts';
import { editedKeys } from './edited-keys.ts';
import type { Snapshot } from './snapshot.ts';

interface Reloading {
  readonly file: string;
  /** The one that is served now. */
  readonly snapshot: Snapshot;
  readonly proxy: { reload(snapshot: Snapshot): void };
  readonly log: Logger;
}

/**
 * What SIGHUP does: reads the config anew and serves it, or keeps the old one and says why. Reloads follow one another,
 * so that the last one asked for wins.
 */
export function reloader({ file, snapshot, proxy, log }: Reloading): () => void {
  let current = snapshot;
  let queue: Promise<void> = Promise.resolve();
  const reload = async (): Promise<void> => {
    const { snapshot: next, problems } = await loadConfig(file);
    for (const problem of problems) {
      log[problem.severity === 'error' ? 'error' : 'warn'](formatProblem(problem, file));
    }
    const edited = next ? editedKeys(current, next) : [];
    for (const refusal of edited) log.error(refusal);
    if (!next || edited.length > 0) {
      log.error(`${file} was not taken; the config before it stays in use`);
      return;
    }
    proxy.reload(next);
    current = next;
    log.info('reloaded; changes of listen, admin, drain and log wait for a restart');
  };
  return () => {
    queue = queue.then(reload).catch((error: unknown) => {
      log.error({ cause: error instanceof Error ? error.message : String(error) }, 'the reload failed');
    });
  };
}
