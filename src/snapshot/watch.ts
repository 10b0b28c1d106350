import { type Contents, differences, readAgain } from '../config/reads.ts';
import type { ReadFile } from '../files.ts';

/** Looks at files at an interval and tells when one of them holds something else. */
export interface Watch {
  /** From now on these files, against these contents, every so many milliseconds; undefined rests. */
  over(contents: Contents, every: number | undefined): void;
  stop(): void;
}

interface Watching {
  readonly readFile: ReadFile;
  /** Called once with the paths that changed; then it rests until it is told the next contents. */
  readonly changed: (paths: readonly string[]) => void;
  /** How long files have to stay as they are before a change counts, in milliseconds. */
  readonly settle?: number;
}

/**
 * Files are read, not watched: events do not come where a link above the file is swapped (a Secret in Kubernetes is
 * reached through `..data`), over NFS, or through overlays. What is still being written is waited for.
 */
export function watchFiles({ readFile, changed, settle = 500 }: Watching): Watch {
  let timer: NodeJS.Timeout | undefined;
  /** Stands for one call of `over`: a look that began before it must not end after it. */
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
