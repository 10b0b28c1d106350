import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Contestant } from '../stand/contestant.ts';
import type { Ground } from '../stand/ground.ts';
import { bytesOf } from './call.ts';
import type { Loaded } from './loaded.ts';
import type { Work } from './work.ts';

const SCRIPT = join(import.meta.dirname, 'check.lua');
const run = promisify(execFile);

/** So many clients, each of which sends its next request when it has the answer. Each answer is compared. @throws at a wrong one */
export async function wrk(
  ground: Ground,
  contestant: Contestant,
  { calls, answer, received = 0, connections }: Work,
  seconds: number,
): Promise<Loaded> {
  const folder = join(ground.folder, 'wrk');
  await mkdir(folder);
  try {
    const now = new Date();
    for (const [index, call] of calls.entries())
      await writeFile(join(folder, String(index)), await bytesOf(call, contestant, now));
    if (answer) await writeFile(join(folder, 'body'), answer);
    const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '30s', '-s', SCRIPT];
    const { stdout } = await run('wrk', [
      ...args,
      `https://127.0.0.1:${contestant.port}/`,
      '--',
      folder,
      String(calls.length),
      answer ? 'body' : 'any',
      String(received),
    ]);
    return loaded(stdout, contestant);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function loaded(stdout: string, { name }: Contestant): Loaded {
  const line = /^CHECKED (\d+) (\d+) (\d+) (\d+) (\d+) (\d+) ?(.*)/m.exec(stdout);
  if (!line) throw new Error(`${name}: wrk says nothing of its checks: ${stdout}`);
  const [right = 0, wrong, lost, us = 0, p50 = 0, p99 = 0] = line.slice(1, 7).map(Number);
  if (wrong || lost)
    throw new Error(`${name}: ${right} right answers, ${wrong} wrong ones, ${lost} lost: ${line[7]}`);
  return { requests: right, seconds: us / 1e6, p50: p50 / 1000, p99: p99 / 1000 };
}
