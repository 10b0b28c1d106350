import type { Io } from '../io.ts';

/** What a shell says of a process that SIGPIPE ended: 128 and the signal's number. */
const BROKEN_PIPE = 141;

/**
 * The streams of this process, each opened when it is first used. Whoever reads them may leave (`| head -1`): that ends
 * the process, and nobody is told, as with every other command of a pipe.
 */
export function processIo(): Io {
  const guarded = new WeakSet<NodeJS.WriteStream>();
  const guard = (stream: NodeJS.WriteStream): NodeJS.WriteStream => {
    if (!guarded.has(stream)) stream.on('error', endQuietly);
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

function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(BROKEN_PIPE);
}
