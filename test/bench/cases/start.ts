import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { median } from '../measure/median.ts';
import { rssOf } from '../measure/processes.ts';
import { IMAGE } from '../stand/image.ts';
import { writeConfig } from '../stand/proxy.ts';
import type { Stand } from '../stand/stand.ts';

/** Medians: ms until a request is answered, and MiB of memory three seconds later. */
export interface Start {
  readonly label: string;
  readonly ms: number;
  readonly rss: number;
}

const MIB = 1024 * 1024;
const SETTLES_MS = 3000;
const NODE_ALONE =
  "const s = http.createServer().listen(0, () => console.log(JSON.stringify({ msg: 'serving', admin: s.address().port })))" +
  ".on('request', (request, response) => response.end())";

/** From the start of the process until /readyz says 200, beside a bare server of Node's. */
export async function measureStart(stand: Stand, main: string, rounds: number): Promise<Start[]> {
  const { config } = await writeConfig(stand.ground, stand.origin, {});
  const commands: Readonly<Record<string, readonly string[]>> = {
    'Node alone': ['-e', NODE_ALONE],
    ours: [...IMAGE.flags, main, 'serve', config],
  };
  const seen = new Map<string, { ms: number; rss: number }[]>();
  // The first round is the one that reads the files from the disk, and fills the compile cache where there is one.
  for (let round = 0; round <= rounds; round += 1)
    for (const [label, args] of Object.entries(commands)) {
      const one = await timed(args);
      if (round > 0) seen.set(label, [...(seen.get(label) ?? []), one]);
    }
  return [...seen].map(([label, all]) => ({
    label,
    ms: median(all.map(({ ms }) => ms)),
    rss: median(all.map(({ rss }) => rss)) / MIB,
  }));
}

async function timed(args: readonly string[]): Promise<{ ms: number; rss: number }> {
  const begun = performance.now();
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...IMAGE.env },
  });
  try {
    const status = await ready(await adminPort(child));
    const ms = performance.now() - begun;
    if (status !== 200) throw new Error(`/readyz says ${status}`);
    await pause(SETTLES_MS);
    return { ms, rss: rssOf(child.pid ?? 0) };
  } finally {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }
}

async function adminPort({ stdout }: ChildProcess): Promise<number> {
  if (!stdout) throw new Error('it has no output');
  for await (const line of createInterface({ input: stdout })) {
    const { msg, admin } = JSON.parse(line) as { msg?: string; admin?: number };
    if (msg === 'serving' && admin !== undefined) return admin;
  }
  throw new Error('the proxy did not start');
}

async function ready(port: number): Promise<number> {
  const [response] = (await once(http.get({ port, host: '127.0.0.1', path: '/readyz' }), 'response')) as [
    http.IncomingMessage,
  ];
  response.resume();
  return response.statusCode ?? 0;
}
