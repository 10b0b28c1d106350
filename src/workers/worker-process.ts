import { type ChildProcess, fork } from 'node:child_process';
import type { MasterCalls, WorkerCalls } from './calls.ts';
import { Channel } from './channel.ts';
import { WORKER_NUMBER } from './own-number.ts';

export interface WorkerProcess {
  readonly pid: number | undefined;
  readonly channel: Channel<WorkerCalls>;
  /** Ends it at once. */
  kill(): void;
  /** Resolves when it has ended and all that it said was heard: with how it ended. */
  readonly ended: Promise<string>;
}

/**
 * Starts this program once more, as a worker. It writes its log where this process does.
 * @throws the error of a system that has no room for another process
 */
export function startWorker(number: number, calls: MasterCalls): WorkerProcess {
  const [, program = '', ...args] = process.argv;
  const child = fork(program, args, {
    env: { ...process.env, [WORKER_NUMBER]: String(number) },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return {
    pid: child.pid,
    channel: new Channel<WorkerCalls>(child, calls),
    kill: () => void child.kill('SIGKILL'),
    ended: endOf(child),
  };
}

/** Before what the system says. */
export const NOT_STARTED = 'it could not be started';

async function endOf(child: ChildProcess): Promise<string> {
  const exit = new Promise<string>((resolve) => {
    // There may be several, and one that nobody listens for would end the master.
    child.on('error', ({ message }) => resolve(`${NOT_STARTED}: ${message}`));
    child.once('exit', (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
  });
  const silence = new Promise<void>((resolve) => {
    child.once('disconnect', resolve);
  });
  const how = await exit;
  if (child.connected) await silence;
  return how;
}
