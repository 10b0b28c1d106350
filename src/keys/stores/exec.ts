import { type ChildProcess, spawn } from 'node:child_process';
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

/** Keys from the output of commands. */
export function execStore(): KeyStore<Command> {
  return { fetch: (commands) => mapLimited(commands, AT_ONCE, run) };
}

/** Runs without a shell: no character in an argument is special. The output on stderr may contain secrets and is only counted. */
function run({ argv: [program, ...args], env, timeout }: Command): Promise<Fetched> {
  const child = spawn(program, args, {
    env,
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, so that everything that the command started can be killed with it.
    detached: true,
  });
  return new Promise((resolve) => {
    const output: Buffer[] = [];
    let [printed, complained] = [0, 0];
    const end = (answer: Fetched): void => {
      clearTimeout(timer);
      resolve(answer);
    };
    const cut = (answer: Fetched): void => {
      killGroup(child);
      child.stdout.destroy();
      child.stderr.destroy();
      end(answer);
    };
    const timer = setTimeout(() => {
      cut({ kind: 'unavailable', message: `${program} took longer than ${timeout} ms and was killed` });
    }, timeout);
    child.stdout.on('data', (part: Buffer) => {
      printed += part.length;
      if (printed <= MAX_OUTPUT_BYTES) output.push(part);
      else cut({ kind: 'refused', message: `${program} printed more than ${MAX_OUTPUT_BYTES} bytes` });
    });
    child.stderr.on('data', (part: Buffer) => {
      complained += part.length;
    });
    child.once('error', (error) => end({ kind: 'refused', message: notStarted(program, error) }));
    child.once('close', (status, signal) => {
      if (status === 0) end({ kind: 'found', bytes: Buffer.concat(output) });
      else end({ kind: 'unavailable', message: failed(program, status ?? signal, complained) });
    });
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

function notStarted(program: string, error: Error): string {
  const code = 'code' in error ? String(error.code) : '';
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'no such program',
    EACCES: 'permission denied',
  };
  return `${program} cannot be started: ${reasons[code] ?? code}`;
}

function failed(program: string, how: number | string | null, complained: number): string {
  const stderr =
    complained === 0
      ? ''
      : ` (${complained} bytes on stderr are not shown, because they may contain secrets)`;
  return `${program} ended with ${typeof how === 'number' ? `exit code ${how}` : how}${stderr}`;
}
