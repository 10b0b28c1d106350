import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** What is measured: a server that clients send their requests to. */
export interface Contestant {
  readonly name: string;
  readonly port: number;
  /** The first of its processes. Undefined for the origin itself, whose own cost nobody asks for. */
  readonly pid?: number;
  /** Bytes that its JavaScript heaps have allocated since it started. */
  readonly allocated?: () => Promise<number>;
  /** The client brings the SSE-C headers itself, as there is nobody who adds them. */
  readonly bare?: true;
  /** It does not pass on what the store says of a write, so nothing can be asked of that. */
  readonly opaque?: true;
  stop(): Promise<void>;
}

const TO_START_MS = 20_000;
const TO_STOP_MS = 10_000;

/** nginx's workers outlive a master that is killed, so all get a signal that they can follow. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGTERM');
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1));

export interface Started {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly stop: () => Promise<void>;
}

interface Streams {
  readonly out?: number | 'ignore';
  readonly err?: 'inherit' | 'ignore';
}

/** Starts a program whose standard output goes to `out`. @throws when it can't be started */
export async function start(
  command: string,
  args: readonly string[],
  { out = 'ignore', err = 'inherit', env }: Streams & { env?: NodeJS.ProcessEnv } = {},
): Promise<Started> {
  const child = spawn(command, args, { stdio: ['ignore', out, err], ...(env && { env }) });
  await once(child, 'spawn');
  running.add(child);
  child.once('exit', () => running.delete(child));
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command} has no process`);
  return { child, pid, stop: () => stop(child) };
}

/** Waits until somebody listens. @throws when the program ended, or does not listen in time */
export async function listening({ child }: Pick<Started, 'child'>, port: number): Promise<void> {
  const deadline = performance.now() + TO_START_MS;
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended with ${child.exitCode}`);
    if (performance.now() > deadline) throw new Error(`${child.spawnfile} does not listen`);
    await pause(20);
  }
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), TO_STOP_MS);
  await ended;
  clearTimeout(late);
}
