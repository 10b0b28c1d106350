import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import t from 'tap';
import { folderOf, SERVE_ENV, serveFiles } from '../e2e/process.ts';
import { httpStore } from '../e2e/wire.ts';
import { connection, type Line, startCrew, toBoth, until } from './stand.ts';

t.test('lines of all workers are whole, in one pipe, and say whose they are', async (t) => {
  const store = await httpStore(t, (_request, response) => void response.end('ok'));
  const crew = await startCrew(t, store.port);
  const { one, two } = await toBoth(t, crew);
  // In the log, each of these letters takes six bytes: such a line is longer than what a pipe takes whole.
  const long = '%01'.repeat(1000);
  // A reader that sleeps for a moment: the pipe is full in the middle.
  crew.program.child.stdout?.pause();
  const asked = [one, two].map(async (ask) => {
    const ids: string[] = [];
    for (let i = 0; i < 150; i += 1) ids.push((await ask('GET', `/plain/${long}`)).id);
    return ids;
  });
  const ids = (await Promise.all(asked)).flat();
  crew.program.child.stdout?.resume();
  await until(() => ids.every((id) => crew.program.stdout().includes(id)));
  const lines = crew.lines();
  for (const [number, some] of [ids.slice(0, 150), ids.slice(150)].entries()) {
    const found = some.map((id) => lines.find((line) => line.id === id));
    t.ok(found.every((line) => line?.worker === number + 1 && line.cut === true));
  }
  t.equal(lines.find(({ msg }) => msg === 'serving')?.worker, undefined, 'the master has no number');
  t.equal(await crew.metric('ssec_proxy_log_lines_dropped_total'), 0);
});

t.test('with one worker there is no other process, and no number', async (t) => {
  const store = await httpStore(t, (_request, response) => void response.end('ok'));
  const crew = await startCrew(t, store.port, { workers: 1 });
  const { id } = await connection(t, crew.port)('GET', '/plain/a');
  await until(() => crew.lines().some((line) => line.id === id));
  t.equal(crew.lines().find((line) => line.id === id)?.worker, undefined);
  t.equal(crew.workers().size, 0);
  t.notMatch(await crew.admin('metrics'), /ssec_proxy_workers/);
});

/** The tests' own is a relative path. */
const CACHE = join(import.meta.dirname, '../../node_modules/.cache/node');

t.test('a config from standard input is that of all workers, of new ones too', async (t) => {
  const store = await httpStore(t, (_request, response) => void response.end('ok'));
  const files = serveFiles(store.port);
  const folder = await folderOf(t, files);
  const main = join(import.meta.dirname, '../../src/main.ts');
  const child = spawn(process.execPath, [main, 'serve', '-'], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...SERVE_ENV, NODE_COMPILE_CACHE: CACHE },
  });
  t.teardown(() => child.kill('SIGKILL'));
  const exited = once(child, 'exit');
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stdin.end(`${String(files['config.yaml'])}workers: 2\n`);
  const serving = () => out.split('"msg":"a worker serves"').length - 1;
  await until(() => serving() === 2 && out.includes('"msg":"serving"'));
  const lines = (): Line[] =>
    out
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line);
  process.kill(lines().find(({ msg }) => msg === 'a worker serves')?.pid ?? 0, 'SIGKILL');
  await until(() => serving() === 3);
  child.kill('SIGTERM');
  t.strictSame(await exited, [0, null]);
});
