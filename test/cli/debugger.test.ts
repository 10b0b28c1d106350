import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { folderOf } from '../e2e/process.ts';
import { eventually } from '../e2e/wire.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
const CONFIG = `
listen: [{ address: "127.0.0.1:0", auth: none }]
admin: { address: "127.0.0.1:0" }
upstream:
  endpoint: http://127.0.0.1:1
  insecure: true
  region: test
  credentials: { accessKeyId: a, secretAccessKey: not-a-secret }
rules: [{ match: { bucket: plain }, encrypt: off }]
`;

/** Wherever a debugger listens: the port is not the usual one, which somebody else may have. */
function start(
  t: Test,
  args: readonly string[],
): { readonly child: ChildProcess; readonly said: () => string } {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '--inspect-port=0' },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
  t.teardown(() => child.kill('SIGKILL'));
  return { child, said: () => text };
}

/** How many sockets this process listens on. */
function listening(pid: number): number {
  const table = ['tcp', 'tcp6'].map((name) => readFileSync(`/proc/${pid}/net/${name}`, 'utf8')).join('\n');
  const open = spawnedSockets(pid);
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode]) => state === '0A' && inode !== undefined && open.has(inode))
    .length;
}

function spawnedSockets(pid: number): ReadonlySet<string> {
  return new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return [/^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? ''];
      } catch {
        return [];
      }
    }),
  );
}

t.test('a signal opens no debugger in a proxy that runs', async (t) => {
  const folder = await folderOf(t, { 'config.yaml': CONFIG });
  const { child, said } = start(t, [MAIN, 'serve', join(folder, 'config.yaml')]);
  await eventually(() => said().includes('"serving"') || child.exitCode !== null);
  t.match(said(), '"serving"');
  const before = process.platform === 'linux' ? listening(child.pid ?? 0) : 0;
  for (let times = 0; times < 3; times += 1) {
    child.kill('SIGUSR1');
    await pause(200);
  }
  t.notMatch(said(), /Debugger/);
  t.equal(child.exitCode, null, 'and it goes on');
  if (process.platform === 'linux') {
    t.equal(before, 2);
    t.equal(listening(child.pid ?? 0), before);
  }
});

t.test('with the flag of the image no signal opens one, however early it comes', async (t) => {
  const { child, said } = start(t, [
    '--disable-sigusr1',
    '-e',
    'setInterval(() => {}, 1000); console.log("up")',
  ]);
  await eventually(() => said().includes('up') || child.exitCode !== null);
  child.kill('SIGUSR1');
  await pause(300);
  t.notMatch(said(), /Debugger/);
});

t.test('Node opens one by itself: these tests would see it', async (t) => {
  const { child, said } = start(t, ['-e', 'setInterval(() => {}, 1000); console.log("up")']);
  await eventually(() => said().includes('up'));
  child.kill('SIGUSR1');
  await eventually(() => said().includes('Debugger listening'));
  t.match(said(), /Debugger listening/);
  if (process.platform === 'linux') t.equal(listening(child.pid ?? 0), 1);
});
