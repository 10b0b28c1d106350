import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

interface Watchdog {
  /** From now on it is this file's turn. */
  watch(file: string): void;
  end(): void;
}

/**
 * A file that never gives the event loop back also stops the timers that bound it, and the runner then kills the whole
 * process without naming the file. A thread beside it can still name it.
 */
export async function watchForBlocking(bound: number): Promise<Watchdog> {
  const worker = new Worker(new URL(import.meta.url), { workerData: { bound }, execArgv: [] });
  // A thread can't start while the main one is blocked.
  await once(worker, 'message');
  worker.unref();
  return {
    watch: (file) => worker.postMessage(file),
    end: () => void worker.terminate(),
  };
}

if (!isMainThread) {
  const { bound } = workerData as { bound: number };
  let timer: NodeJS.Timeout | undefined;
  parentPort?.on('message', (file: string) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      // TAP, as the runner's reporter shows no more than that. The process's own output is synchronous to a pipe.
      writeSync(
        1,
        `not ok - ${file} has blocked its process for ${bound / 1000} s; what follows it in its group did not run\n`,
      );
      process.kill(process.pid, 'SIGKILL');
    }, bound);
  });
  parentPort?.postMessage('ready');
}
