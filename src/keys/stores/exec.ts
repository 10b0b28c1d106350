import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { mapLimited } from './map-limited.ts';
import type { Fetched, KeyStore } from './store.ts';

/** A command that prints one key. */
export interface Command {
  /** Program and arguments. */
  readonly argv: readonly [string, ...string[]];
  /** The whole environment of the command. */
  readonly env: Readonly<Record<string, string>>;
  /** In milliseconds; then the command is killed with everything that it started. */
  readonly timeout: number;
}

/** Even a long key file of Velero is smaller; a command that prints more does not print a key. */
const MAX_OUTPUT_BYTES = 64 * 1024;

/** Few, because the cost of a command is unknown. */
const AT_ONCE = 4;

/**
 * Keys from the output of commands.
 * @param ended kills those that run: nobody waits for their keys any more
 */
export function execStore(ended: AbortSignal = NEVER): KeyStore<Command> {
  return {
    fetch: (commands) =>
      mapLimited(commands, AT_ONCE, (command) =>
        ended.aborted ? Promise.resolve(ENDED) : run(command, ended),
      ),
  };
}

const NEVER = new AbortController().signal;
const ENDED: Fetched = { kind: 'unavailable', message: 'the proxy ends' };

/** Runs without a shell: no character in an argument is special. */
function run(command: Command, ended: AbortSignal): Promise<Fetched> {
  const [program, ...args] = command.argv;
  return new Promise((resolve) => {
    try {
      const child: ChildProcess = spawn(program, args, {
        env: command.env,
        cwd: '/',
        stdio: ['ignore', 'pipe', 'pipe'],
        // A process group of its own, so that everything that the command started can be killed with it.
        detached: true,
      });
      // First of all: an error that nobody listens for ends the proxy.
      child.once('error', (error) => resolve(notStarted(program, error)));
      // Where no descriptor is left there are no pipes, and the error is still to come.
      if (child.stdout && child.stderr)
        collect(child, [child.stdout, child.stderr], { ...command, ended }, resolve);
    } catch (error) {
      resolve(notStarted(program, error));
    }
  });
}

/** What a command prints until its end, or until it has to be killed. Its stderr may contain secrets and is only counted. */
function collect(
  child: ChildProcess,
  [stdout, stderr]: readonly [Readable, Readable],
  { argv: [program], timeout, ended }: Command & { readonly ended: AbortSignal },
  answer: (fetched: Fetched) => void,
): void {
  const output: Buffer[] = [];
  let [printed, complained] = [0, 0];
  const end = (fetched: Fetched): void => {
    settle();
    answer(fetched);
  };
  const cut = (fetched: Fetched): void => {
    killGroup(child);
    stdout.destroy();
    stderr.destroy();
    end(fetched);
  };
  const timer = setTimeout(() => {
    cut({ kind: 'unavailable', message: `${program} took longer than ${timeout} ms and was killed` });
  }, timeout);
  const stop = (): void => cut(ENDED);
  const settle = (): void => {
    clearTimeout(timer);
    ended.removeEventListener('abort', stop);
  };
  ended.addEventListener('abort', stop);
  stdout.on('data', (part: Buffer) => {
    printed += part.length;
    if (printed <= MAX_OUTPUT_BYTES) output.push(part);
    else cut({ kind: 'refused', message: `${program} printed more than ${MAX_OUTPUT_BYTES} bytes` });
  });
  stderr.on('data', (part: Buffer) => {
    complained += part.length;
  });
  child.once('error', settle);
  child.once('close', (status, signal) => {
    if (status === 0) end({ kind: 'found', bytes: Buffer.concat(output) });
    else end({ kind: 'unavailable', message: failed(program, status ?? signal, complained) });
  });
}

/** The program may have ended, but others of its group may still hold its output open. */
function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // All of them have just ended.
  }
}

/** What a machine lacks for a moment says nothing against the config. */
const FOR_A_MOMENT: Readonly<Record<string, string>> = {
  EMFILE: 'this process has no file descriptors left (EMFILE)',
  ENFILE: 'this machine has no file descriptors left (ENFILE)',
  EAGAIN: 'no more processes may be started (EAGAIN)',
  ENOMEM: 'no memory is left for it (ENOMEM)',
};

const FOR_GOOD: Readonly<Record<string, string>> = {
  E2BIG: 'its arguments and its environment are too long',
  ENOENT: 'no such program',
  EACCES: 'permission denied',
};

function notStarted(program: string, error: unknown): Fetched {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const passing = FOR_A_MOMENT[code];
  return {
    kind: passing === undefined ? 'refused' : 'unavailable',
    message: `${program} cannot be started: ${passing ?? FOR_GOOD[code] ?? code}`,
  };
}

function failed(program: string, how: number | string | null, complained: number): string {
  const stderr =
    complained === 0
      ? ''
      : ` (${complained} bytes on stderr are not shown, because they may contain secrets)`;
  return `${program} ended with ${typeof how === 'number' ? `exit code ${how}` : how}${stderr}`;
}
