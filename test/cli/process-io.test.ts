import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { COMMANDS } from '../../src/cli/commands.ts';
import { folderOf, SERVE_ENV, serveFiles } from '../e2e/process.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
const ENV = { ...process.env, ...SERVE_ENV, NO_COLOR: '' };

/** Runs it with a stream that nobody reads any more; what it ends with, and what it says on the other one. */
async function withClosedPipe(stream: 'stdout' | 'stderr', args: readonly string[], folder: string) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...ENV, TMPDIR: folder },
  });
  const other = stream === 'stdout' ? child.stderr : child.stdout;
  let said = '';
  other.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  // Long before the program has started.
  child[stream].destroy();
  const [code] = (await once(child, 'close')) as [number];
  return { code, said };
}

t.test('a reader may leave: every command ends quietly, as a pipe ends', async (t) => {
  const folder = await folderOf(t, serveFiles(1));
  const config = join(folder, 'config.yaml');
  const temporary = await folderOf(t, {});
  const work: Readonly<Record<string, readonly string[]>> = {
    check: [config, '--offline'],
    explain: [config, 's3://secret/a', '--op', 'GetObject'],
    doctor: [config, '--read-only'],
    verify: [config, 's3://secret'],
    keygen: [join(folder, 'made.key')],
    cert: ['--cert', join(folder, 'made.crt'), '--key', join(folder, 'made.tls.key')],
    demo: [],
    sandbox: ['--listen', '127.0.0.1:0'],
    completion: ['bash'],
  };
  const lines = COMMANDS.map(({ name }) => [name, ...(work[name] ?? ['--help'])]);
  for (const args of lines)
    t.same(await withClosedPipe('stdout', args, temporary), { code: 141, said: '' }, args.join(' '));
  for (const args of [
    ['nonsense'],
    ['recover', config, 's3://secret/a'],
    ['explain', 'none', 's3://a', '--op', 'HeadBucket'],
  ])
    t.same(await withClosedPipe('stderr', args, temporary), { code: 141, said: '' }, args.join(' '));
  t.same(await readdir(temporary), [], 'and nothing is left behind');
});

t.test('an output that cannot be written ends it with one line, and no stack', async (t) => {
  const folder = t.testdir({ 'read-only': '', 'config.yaml': 'listen: 1\n' });
  const unwritable = openSync(join(folder, 'read-only'), 'r');
  t.teardown(() => closeSync(unwritable));
  const config = join(folder, 'config.yaml');
  for (const args of [
    ['--help'],
    ['--version'],
    ['completion', 'bash'],
    ['check', config],
    ['serve', config],
  ])
    for (const both of [false, true]) {
      const { status, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
        stdio: ['ignore', unwritable, both ? unwritable : 'pipe'],
        encoding: 'utf8',
      });
      t.equal(status, 1, args.join(' '));
      if (!both) t.equal(stderr, 'the output could not be written: EBADF\n', args.join(' '));
    }
  const { status, stdout } = spawnSync(process.execPath, [MAIN, 'nonsense'], {
    stdio: ['ignore', 'pipe', unwritable],
    encoding: 'utf8',
  });
  t.strictSame([status, stdout], [1, '']);
});
