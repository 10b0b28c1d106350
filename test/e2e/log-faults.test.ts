import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { freePort } from '../matrix/stores/free-port.ts';
import { folderOf, SERVE_ENV, serveFiles } from './process.ts';
import { httpStore } from './wire.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
const WRITER = join(import.meta.dirname, 'log-writer.ts');

/** Makes a log line of a kilobyte, so that a thousand of them are more than what may wait. */
const LONG_KEY = 'k'.repeat(900);

/** What waits for a reader or a disk here waits for good; a busy machine is slow for no longer than this. */
const BUSY_MS = 18_000;

interface Served {
  readonly child: ChildProcess;
  /** Sends requests, which are all answered; says what the slowest took, in milliseconds. */
  ask(count: number): Promise<number>;
  readonly ready: () => Promise<string>;
  readonly dropped: () => Promise<number>;
  readonly reload: () => void;
  /** Sends SIGTERM; its exit code, and how long it took, in milliseconds. */
  stop(): Promise<{ code: number | null; took: number }>;
}

/** `serve` with this standard output. */
async function served(t: Test, stdout: number | 'closed'): Promise<Served> {
  const store = await httpStore(t, (_request, response) => void response.end('ok'));
  const [port, adminPort] = [await freePort(), await freePort()];
  const folder = await folderOf(t, {
    ...serveFiles(store.port),
    'config.yaml': String(serveFiles(store.port, Number(port))['config.yaml'])
      .replace('admin: { address: "127.0.0.1:0" }', `admin: { address: "127.0.0.1:${adminPort}" }`)
      .replace('rules: [', 'rules: [{ match: { bucket: plain }, encrypt: off }, '),
  });
  const command = [process.execPath, MAIN, 'serve', join(folder, 'config.yaml')];
  const child = spawn('sh', ['-c', `exec "$@" ${stdout === 'closed' ? '>&-' : ''}`, 'sh', ...command], {
    stdio: ['ignore', stdout === 'closed' ? 'ignore' : stdout, 'inherit'],
    env: { ...process.env, ...SERVE_ENV },
  });
  t.teardown(() => child.kill('SIGKILL'));
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  t.teardown(() => agent.destroy());
  const admin = async (path: string): Promise<string> =>
    (await (await fetch(`http://127.0.0.1:${adminPort}${path}`)).text()).trim();
  const ask = async (count: number): Promise<number> => {
    let slowest = 0;
    const one = async (): Promise<void> => {
      const began = performance.now();
      const status = await statusOf(`http://127.0.0.1:${port}/plain/${LONG_KEY}`, agent);
      if (status !== 200) throw new Error(`answered with ${status}`);
      slowest = Math.max(slowest, performance.now() - began);
    };
    for (let done = 0; done < count; done += 8) await Promise.all(Array.from({ length: 8 }, one));
    if ((await admin('/healthz')) !== 'ok') throw new Error('it does not live');
    return slowest;
  };
  for (let tries = 0; tries < 400 && child.exitCode === null; tries += 1) {
    if ((await admin('/readyz').catch(() => '')).startsWith('ready')) break;
    await pause(50);
  }
  return {
    child,
    ask,
    ready: () => admin('/readyz'),
    dropped: async () =>
      Number(/^ssec_proxy_log_lines_dropped_total (\d+)$/m.exec(await admin('/metrics'))?.[1]),
    reload: () => child.kill('SIGHUP'),
    stop: async () => {
      const began = performance.now();
      child.kill('SIGTERM');
      const [code] = await exited;
      return { code, took: performance.now() - began };
    },
  };
}

function statusOf(url: string, agent: Agent): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode));
    }).once('error', reject);
  });
}

/** A pipe by name: its reading end, which never blocks, and its writing end. */
function pipeOf(t: Test): { readonly reader: number; readonly writer: number; readonly path: string } {
  const path = join(t.testdir({}), 'pipe');
  spawnSync('mkfifo', [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return { reader, writer: openSync(path, 'w'), path };
}

/** All that is in the pipe. */
function readAll(reader: number): string {
  const chunk = Buffer.alloc(64 * 1024);
  let text = '';
  for (;;) {
    try {
      const count = readSync(reader, chunk);
      if (count === 0) return text;
      text += chunk.toString('utf8', 0, count);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return text;
      throw error;
    }
  }
}

async function until(condition: () => Promise<boolean> | boolean, every = 50): Promise<void> {
  for (let waited = 0; waited < 20_000; waited += every) {
    if (await condition()) return;
    await pause(every);
  }
  throw new Error('what was waited for never came to be');
}

interface Line {
  readonly msg: string;
  readonly time: string;
  readonly dropped?: number;
}

/** Whole lines only, or it throws. */
function linesOf(text: string): readonly Line[] {
  if (text !== '' && !text.endsWith('\n')) throw new Error(`torn: ${text.slice(-100)}`);
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);
}

const requestsIn = (lines: readonly Line[]): number => lines.filter(({ msg }) => msg === 'request').length;
const toldIn = (lines: readonly Line[]): number => lines.reduce((sum, { dropped = 0 }) => sum + dropped, 0);
const inOrder = (lines: readonly Line[]): boolean =>
  lines.every(({ time }, at) => at === 0 || time >= (lines[at - 1]?.time ?? ''));

t.test('a reader that stops holds nothing up; when it reads on, lines are whole and in order', async (t) => {
  const { reader, writer } = pipeOf(t);
  const proxy = await served(t, writer);
  closeSync(writer);
  t.ok((await proxy.ask(1200)) < BUSY_MS);
  const dropped = await proxy.dropped();
  t.ok(dropped > 0, `${dropped} were dropped`);
  t.match(
    await proxy.ready(),
    /^ready; degraded: the log can't be written: (?:its reader is too slow|nothing was taken for 5 seconds); lines/,
  );
  proxy.reload();
  let text = '';
  await until(async () => {
    text += readAll(reader);
    return (await proxy.ready()) === 'ready' && text.includes('"dropped":');
  }, 5);
  await proxy.ask(8);
  const { code, took } = await proxy.stop();
  t.equal(code, 0);
  t.ok(took < BUSY_MS, `${took}`);
  const lines = linesOf(text + readAll(reader));
  t.ok(inOrder(lines));
  t.equal(lines.at(-1)?.msg, 'stopped');
  t.ok(requestsIn(lines) + toldIn(lines) >= 1208, 'each request is logged, or told of');
  closeSync(reader);
});

t.test('SIGTERM waits one second for a reader that takes nothing', async (t) => {
  const { reader, writer } = pipeOf(t);
  const proxy = await served(t, writer);
  closeSync(writer);
  await proxy.ask(200);
  const { code, took } = await proxy.stop();
  t.equal(code, 0);
  t.ok(took > 900 && took < BUSY_MS, `${took}`);
  t.ok(linesOf(readAll(reader)).length > 0);
  closeSync(reader);
});

t.test(
  'a reader that leaves is told of by /readyz; the next one of a named pipe gets whole lines',
  async (t) => {
    const { reader, writer, path } = pipeOf(t);
    const proxy = await served(t, writer);
    closeSync(writer);
    await proxy.ask(16);
    let text = '';
    await until(() => {
      text += readAll(reader);
      return requestsIn(linesOf(text)) === 16;
    });
    closeSync(reader);
    await proxy.ask(80);
    // A client has its answer before the line of it is written.
    await until(async () => (await proxy.dropped()) >= 80);
    t.match(
      await proxy.ready(),
      /degraded: the log can't be written: its reader is gone; lines dropped: 80$/,
    );
    t.equal(await proxy.dropped(), 80);
    const next = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    await until(async () => (await proxy.ready()) === 'ready');
    await proxy.ask(8);
    t.equal((await proxy.stop()).code, 0);
    const lines = linesOf(readAll(next));
    t.equal(lines[0]?.dropped, 80);
    t.equal(requestsIn(lines), 8);
    closeSync(next);
  },
);

t.test('a pipe without a reader and a full device: it starts, serves and ends', async (t) => {
  const { reader, writer } = pipeOf(t);
  closeSync(reader);
  const full = openSync('/dev/full', 'w');
  for (const [stdout, trouble] of [
    [writer, /its reader is gone/],
    [full, /no space left on the device/],
  ] as const) {
    const proxy = await served(t, stdout);
    closeSync(stdout);
    await proxy.ask(40);
    proxy.reload();
    await until(async () => (await proxy.dropped()) >= 40);
    t.match(await proxy.ready(), trouble);
    const { code, took } = await proxy.stop();
    t.equal(code, 0);
    t.ok(took < BUSY_MS, `${took}`);
  }
});

t.test('without a standard output it starts, serves and ends, and nothing is amiss', async (t) => {
  const proxy = await served(t, 'closed');
  await proxy.ask(16);
  t.equal(await proxy.ready(), 'ready');
  t.equal((await proxy.stop()).code, 0);
});

t.test('a disk that is full, and then has room: whole lines, and one that tells', async (t) => {
  const folder = await folderOf(t, {});
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]);
  if (mounted.status !== 0) {
    t.skip('only root may mount a small disk', () => {});
    return;
  }
  try {
    const file = join(folder, 'log');
    const filler = join(folder, 'filler');
    writeFileSync(filler, Buffer.alloc(32 * 1024));
    const stdout = openSync(file, 'a');
    const proxy = await served(t, stdout);
    closeSync(stdout);
    t.ok((await proxy.ask(80)) < BUSY_MS);
    await until(async () => (await proxy.dropped()) > 0);
    t.match(
      await proxy.ready(),
      /degraded: the log can't be written: no space left on the device; lines dropped: \d+$/,
    );
    rmSync(filler);
    await until(async () => (await proxy.ready()) === 'ready');
    await proxy.ask(8);
    t.equal((await proxy.stop()).code, 0);
    const lines = linesOf(readFileSync(file, 'utf8'));
    t.equal(requestsIn(lines) + toldIn(lines), 88);
    t.ok(inOrder(lines));
    t.equal(lines.at(-1)?.msg, 'stopped');
  } finally {
    spawnSync('umount', ['--lazy', folder]);
  }
});

t.test('a hundred thousand lines that nobody reads take no memory and no time', async (t) => {
  const { reader, writer } = pipeOf(t);
  const child = spawn(process.execPath, [WRITER, '100000'], { stdio: ['ignore', writer, 'pipe'] });
  closeSync(writer);
  t.teardown(() => child.kill('SIGKILL'));
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  t.same(await once(child, 'close'), [0, null]);
  const { grown, dropped, waiting, longestTurn, end } = JSON.parse(said) as Record<string, number>;
  const MIB = 1024 * 1024;
  t.ok((grown ?? Number.NaN) < 24 * MIB, `grew by ${grown} bytes`);
  t.ok((waiting ?? Number.NaN) <= MIB);
  t.ok((dropped ?? 0) > 90_000);
  t.ok((longestTurn ?? Number.NaN) < BUSY_MS, `${longestTurn}`);
  t.ok((end ?? Number.NaN) < BUSY_MS, `${end}`);
  closeSync(reader);
});

t.test('a config with errors and nobody to tell ends with a word on standard error, or none', async (t) => {
  const folder = await folderOf(t, { 'config.yaml': 'listen: 1\n' });
  const run = (stdout: number, stderr: 'pipe' | number) =>
    spawnSync(process.execPath, [MAIN, 'serve', join(folder, 'config.yaml')], {
      stdio: ['ignore', stdout, stderr],
      encoding: 'utf8',
      timeout: 60_000,
    });
  const full = openSync('/dev/full', 'w');
  const { status, stderr } = run(full, 'pipe');
  closeSync(full);
  t.strictSame([status, stderr], [1, 'the output could not be written: no space left on the device\n']);
  const { reader, writer } = pipeOf(t);
  const filling = openSync(`/proc/self/fd/${writer}`, constants.O_WRONLY | constants.O_NONBLOCK);
  t.throws(
    () => {
      for (;;) writeSync(filling, Buffer.alloc(4096));
    },
    { code: 'EAGAIN' },
  );
  t.equal(run(writer, writer).status, 1, 'both streams go to a reader that takes nothing');
  closeSync(reader);
  t.strictSame([run(writer, 'pipe').status, run(writer, 'pipe').stderr], [141, '']);
  for (const open of [writer, filling]) closeSync(open);
});
