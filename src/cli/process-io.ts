import { writeFailure } from '../files.ts';
import type { Io } from '../io.ts';
import { logOutput } from '../log-output.ts';

/** What a shell says of a process that SIGPIPE ended: 128 and the signal's number. */
const BROKEN_PIPE = 141;

const UNWRITTEN = 1;

const STDERR = 2;

/**
 * The streams of this process, each opened when it is first used. A reader may leave (`| head -1`): that ends the
 * process, and nobody is told, as with every other command of a pipe.
 */
export function processIo(): Io {
  const guarded = new WeakSet<NodeJS.WriteStream>();
  const guard = (stream: NodeJS.WriteStream): NodeJS.WriteStream => {
    if (!guarded.has(stream)) stream.on('error', endUnwritten);
    guarded.add(stream);
    return stream;
  };
  return {
    get stdout() {
      return guard(process.stdout);
    },
    get stderr() {
      return guard(process.stderr);
    },
    stdin: () => process.stdin,
  };
}

/** Ends the process after an output that could not be written: a reader that is gone needs no word, a full disk does. */
export function endUnwritten(error: NodeJS.ErrnoException): never {
  if (error.code === 'EPIPE') process.exit(BROKEN_PIPE);
  try {
    // Without a wait: who does not read the one stream may not read the other.
    logOutput(STDERR).writeLast(Buffer.from(`the output could not be written: ${writeFailure(error)}\n`));
  } catch {
    // Standard error can't be written either: the exit code says it alone.
  }
  process.exit(UNWRITTEN);
}
