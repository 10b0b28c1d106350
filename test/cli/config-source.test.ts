import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { folderOf, SERVE_ENV, serveFiles } from '../e2e/process.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
const ENV = { ...process.env, ...SERVE_ENV, NO_COLOR: '' };

t.test(
  'a config from standard input is read like a file, and its paths begin in the working directory',
  async (t) => {
    const folder = await folderOf(t, serveFiles(1));
    const text = readFileSync(join(folder, 'config.yaml'), 'utf8');
    const here = (args: readonly string[], input: string) =>
      spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8', input, env: ENV, cwd: folder });
    const checked = here(['check', '-', '--offline'], text);
    t.match(checked, { status: 0, stderr: '' });
    t.match(checked.stdout, /<stdin>: ok\n$/);
    const wrong = here(['check', '--offline', '-'], text.replace('[test]', '[tset]'));
    t.match(wrong, { status: 1, stdout: /unknown key "tset" \(<stdin>:\d+:\d+\); did you mean "test"\?/ });
    const explained = here(['explain', '-', 's3://secret/a', '--op', 'GetObject'], text);
    t.match(explained, { status: 0, stdout: /^rule: rules\[0\]/m });
    for (const args of [
      ['verify', '-', 's3://secret'],
      ['doctor', '-'],
      ['recover', '-', 's3://secret/a'],
      ['explain', '-', 's3://secret', '--op', 'HeadBucket'],
    ])
      t.match(here(args, 'listen: 7\n').stderr, /\(<stdin>:1:\d+\)/, args.join(' '));
    t.match(here(['check', '-'], ''), {
      status: 1,
      stdout: /standard input has nothing in it.*\n<stdin>: 1 error/,
    });
    for (const stdin of ['<&-', '<.']) {
      const { status, stdout } = spawnSync(
        'sh',
        ['-c', `"$0" "$1" check - ${stdin}`, process.execPath, MAIN],
        {
          encoding: 'utf8',
          env: ENV,
          cwd: folder,
        },
      );
      t.match({ status, stdout }, { status: 1, stdout: /standard input has nothing in it/ }, stdin);
    }
    t.match(here(['check', '-'], '#'.repeat(2 * 1024 * 1024)), { status: 1, stdout: /larger than 1 MiB/ });
    t.match(here(['check', './-', '--offline'], text), { status: 1, stdout: /no such file \(\.\/-:1:1\)/ });
  },
);

t.test(
  'serves a config from standard input, says that it is not reloaded, and goes on with it',
  async (t) => {
    const folder = await folderOf(t, serveFiles(1));
    const child = spawn(process.execPath, [MAIN, 'serve', '-'], { cwd: folder, env: ENV });
    t.teardown(() => child.kill('SIGKILL'));
    let out = '';
    const until = (wanted: RegExp): Promise<void> =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!wanted.test(out)) return;
          child.stdout.off('data', look);
          resolve();
        };
        child.stdout.on('data', look);
        look();
      });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stdin.end(readFileSync(join(folder, 'config.yaml')));
    await until(/came from standard input, so it can't be reloaded/);
    await until(/"msg":"serving"/);
    child.kill('SIGHUP');
    await until(/"msg":"reloaded"/);
    child.kill('SIGTERM');
    const [code] = (await once(child, 'close')) as [number];
    t.equal(code, 0);
    t.notMatch(out, /no such file/);
  },
);
