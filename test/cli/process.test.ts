import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import t from 'tap';
import { COMMANDS } from '../../src/cli/commands.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
const run = (args: readonly string[]) =>
  spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8', timeout: 60_000 });

t.test(
  'help is on stdout with exit code 0, a wrong option on stderr with 2, for every command',
  async (t) => {
    for (const { name } of COMMANDS) {
      const help = run([name, '--help']);
      t.match(help, { status: 0, stderr: '', stdout: new RegExp(`^Usage: ssec-proxy ${name}\\b`) });
      const wrong = run([name, '--nonsense']);
      t.match(wrong, { status: 2, stdout: '', stderr: /^error: unknown option '--nonsense'\n/ });
    }
  },
);

t.test('--version loads no command and no command line', (t) => {
  // Names each file of src/ that is loaded.
  const hooks = `import { registerHooks } from 'node:module';
    registerHooks({ load: (url, context, next) => {
      if (url.includes('/src/')) process.stderr.write(url.replace(/.*\\/src\\//, '') + '\\n');
      return next(url, context);
    } });`;
  const loaded = (...args: string[]) =>
    spawnSync(
      process.execPath,
      ['--import', `data:text/javascript,${encodeURIComponent(hooks)}`, MAIN, ...args],
      {
        encoding: 'utf8',
        timeout: 60_000,
      },
    );
  for (const flag of ['--version', '-V']) {
    const { status, stdout, stderr } = loaded(flag);
    t.match({ status, stdout }, { status: 0, stdout: /^ssec-proxy \d+\.\d+\.\d+ \(.*Node\.js v\d+/ });
    t.notMatch(stderr, /program|commands|run\.ts/);
    t.match(stderr, /cli\/version\.ts/);
  }
  t.match(loaded('--help').stderr, /cli\/program\.ts/);
  t.end();
});
