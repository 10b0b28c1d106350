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
