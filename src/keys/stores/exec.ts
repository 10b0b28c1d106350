import { type ChildProcess, spawn } from 'node:child_process';
import { mapLimited } from './map-limited.ts';
import type { Fetched, KeyStore } from './store.ts';

/** A command that prints one key. */
export interface Command {
  /** Program and arguments. */
  readonly argv: readonly [string, ...string[]];
  /** All that the command sees of the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** In milliseconds; then it is killed, and what it started with it. */
  readonly timeout: number;
}

/** The largest key file that makes sense is one of Velero's; what prints more was not asked for a key. */
const MAX_OUTPUT_BYTES = 64 * 1024;

/** Few, since nobody knows what a command needs. */
const AT_ONCE = 4;

/** Keys that commands print. */
export function execStore(): KeyStore<Command> {
  return { fetch: (commands) => mapLimited(commands, AT_ONCE, run) };
}

/** Without a shell: nothing in an argument is special. What it says on stderr may hold secrets and is only counted. */
function run({ argv: [program, ...args], env, timeout }: Command): Promise<Fetched> {
  const child = spawn(program, args, {
    env,
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, so that what the command started can be ended with it.
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

/** The program may have ended and left others of its group behind that hold its output open. */
function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // All of them have ended in this moment.
  }
}

function notStarted(program: string, error: Error): string {
  const code = 'code' in error ? String(error.code) : '';
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such program',
    EACCES: 'it may not be run',
  };
  return `${program} can not be started: ${reasons[code] ?? code}`;
}

function failed(program: string, how: number | string | null, complained: number): string {
  const stderr =
    complained === 0 ? '' : ` (${complained} bytes on stderr are not shown, since they may hold secrets)`;
  return `${program} ended with ${typeof how === 'number' ? `exit code ${how}` : how}${stderr}`;
}
