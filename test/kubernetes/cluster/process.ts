import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

/** A program of the cluster that runs until it is ended, with what it says in a file. */
export interface Running {
  readonly name: string;
  readonly child: ChildProcess;
  readonly log: string;
}

export async function start(
  name: string,
  [program = '', ...args]: readonly string[],
  log: string,
): Promise<Running> {
  const file = await open(log, 'a');
  const child = spawn(program, args, { stdio: ['ignore', file.fd, file.fd] });
  // Who waits for the program to be ready sees that it ended.
  child.on('error', () => undefined);
  await file.close();
  return { name, child, log };
}

/** Waits until `holds`; throws with what the program said last when it ends before, or after `seconds`. */
export async function ready(running: Running, holds: () => Promise<boolean>, seconds = 120): Promise<void> {
  const { child, name, log } = running;
  for (const end = Date.now() + seconds * 1000; !(await holds().catch(() => false)); await pause(100)) {
    if (child.exitCode === null && child.signalCode === null && child.pid && Date.now() < end) continue;
    const said = (await readFile(log, 'utf8')).slice(-2000);
    throw new Error(`${name} does not start:\n${said}`);
  }
}

/** By SIGTERM, and by SIGKILL after ten seconds. */
export async function stop({ child }: Running): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(late);
}

/** Waits until `holds` gives something; throws with `what` after `seconds`. */
export async function until<T>(
  what: string,
  holds: () => Promise<T | undefined | false>,
  seconds = 60,
): Promise<T> {
  let last = '';
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await pause(150)) {
    try {
      const found = await holds();
      if (found !== undefined && found !== false) return found;
      last = '';
    } catch (error) {
      last = `: ${String(error)}`;
    }
  }
  throw new Error(`not within ${seconds} s: ${what}${last}`);
}
