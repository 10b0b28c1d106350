import { writeSync } from 'node:fs';
import { isMainThread, Worker, workerData } from 'node:worker_threads';

interface Watchdog {
  /** From now on it is this file's turn, by its place in the list. */
  watch(place: number): void;
  end(): void;
}

interface Watched {
  files: readonly string[];
  bound: number;
  current: Int32Array;
}

/**
 * A file that never gives the event loop back also stops the timers that bound it, and the runner then kills the whole
 * process without naming the file. A thread beside it can still name it.
 */
export function watchForBlocking(files: readonly string[], bound: number): Watchdog {
  const current = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const watched: Watched = { files, bound, current };
  const worker = new Worker(new URL(import.meta.url), { workerData: watched, execArgv: [] });
  worker.unref();
  return {
    watch: (place) => void Atomics.store(current, 0, place),
    end: () => void worker.terminate(),
  };
}

function lookAgain({ files, bound, current }: Watched): void {
  let seen = { place: -1, since: 0 };
  setInterval(() => {
    const place = Atomics.load(current, 0);
    const now = performance.now();
    if (place !== seen.place) seen = { place, since: now };
    if (now - seen.since < bound) return;
    // TAP, as the runner's reporter shows no more than that. Synchronous, past the blocked thread's own stream.
    const what = `${files[place]} has blocked its process for ${bound / 1000} s`;
    writeSync(1, `not ok - ${what}; what follows it in its group did not run\n`);
    process.kill(process.pid, 'SIGKILL');
  }, 250);
}

if (!isMainThread) lookAgain(workerData as Watched);
