import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (options: { type: 'major'; execution: 'sync'; flavor: 'last-resort' }) => void;

/**
 * Collects what the start has left behind, and gives its memory back. V8 would keep it: a process that is idle allocates too
 * little to have a reason. Who connects meanwhile waits for it, and would else have found nobody who listens.
 */
export async function collectGarbage(): Promise<void> {
  let collect: Collect | undefined = collector();
  // In a turn of its own: what runs above it would be kept.
  await new Promise<void>((resolve) => {
    setImmediate(() => {
      collect?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
      collect = undefined;
      resolve();
    });
  });
}

/**
 * Node.js started with `--expose-gc` has it from the start. But V8 takes compiled code only under the flags that it was compiled
 * under, so that Node.js then has to compile each module of its own again: a fifth of the CPU of a start.
 */
function collector(): Collect {
  setFlagsFromString('--expose-gc');
  try {
    return runInNewContext('gc') as Collect;
  } finally {
    setFlagsFromString('--no-expose-gc');
  }
}
