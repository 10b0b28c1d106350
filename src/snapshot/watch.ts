import { type Contents, differences, readAgain } from '../config/reads.ts';
import type { ReadFile } from '../files.ts';

/** Polls files at an interval and reports when the content of one changed. */
export interface Watch {
  /** Polls these files from now on, and compares them with these contents. `every`: milliseconds; undefined pauses. */
  over(contents: Contents, every: number | undefined): void;
  stop(): void;
}

interface Watching {
  readonly readFile: ReadFile;
  /** Called once with the paths that changed; then the watch pauses until it gets the next contents. */
  readonly changed: (paths: readonly string[]) => void;
  /** How long files must stay unchanged before a change counts, in milliseconds. */
  readonly settle?: number;
}

/**
 * Files are read, not watched: there are no events when a link above the file is swapped (as `..data` of a Secret in
 * Kubernetes), over NFS, or through overlays. A change counts only when the file is no longer being written.
 */
export function watchFiles({ readFile, changed, settle = 500 }: Watching): Watch {
  let timer: NodeJS.Timeout | undefined;
  /** Identifies one call of `over`: a poll that started before it must not finish after it. */
  let turn: object = {};
  const over: Watch['over'] = (contents, every) => {
    const mine = {};
    turn = mine;
    clearTimeout(timer);
    if (every === undefined) return;
    const wait = (ms: number, then: () => Promise<void>): void => {
      if (turn === mine) timer = setTimeout(() => void then(), ms).unref();
    };
    const look = async (before: Contents): Promise<void> => {
      const now = await readAgain(contents.keys(), readFile);
      if (turn !== mine) return;
      const paths = differences(contents, now);
      if (paths.length === 0) wait(every, () => look(contents));
      else if (before === contents || differences(before, now).length > 0) wait(settle, () => look(now));
      else changed(paths);
    };
    wait(every, () => look(contents));
  };
  return {
    over,
    stop: () => {
      turn = {};
      clearTimeout(timer);
    },
  };
}
