import { spawn } from 'node:child_process';

interface Witness {
  /** From now on it is this file's turn. */
  note(file: string): void;
  end(): void;
}

/**
 * Whoever kills a process with SIGKILL (the kernel, when memory is short) leaves it no word. A process beside it sees its
 * end, and names the file whose turn it was: as TAP, since the runner's reporter shows no more than that.
 */
export function witnessEnd(): Witness {
  const child = spawn('sh', ['-c', SCRIPT], { stdio: ['pipe', 'inherit', 'inherit'] });
  child.unref();
  // A pipe of a child can be let go of, which its type does not say.
  (child.stdin as unknown as { unref(): void }).unref();
  child.stdin.on('error', () => {});
  return {
    note: (file) => void child.stdin.write(`${file}\n`),
    end: () => void child.stdin.end(`${ENDED}\n`),
  };
}

const ENDED = 'all have run';
const SCRIPT = `
while read -r line; do last=$line; done
[ "$last" = '${ENDED}' ] || echo "not ok - the process was killed while $last ran; what follows it in its group did not run"
`;
