import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import t from 'tap';
import { type Marks, painted } from '../../src/cli/colour.ts';
import { quoted } from '../../src/shell.ts';
import { folderOf, SERVE_ENV, serveFiles } from '../e2e/process.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
const MARKS: Marks = [
  [/^error:/, 'red'],
  [/ok$/, 'green'],
];
const ESCAPE = '\u001b[';

t.test('what is no terminal gets the text as it is', (t) => {
  const text = 'error: ok\nall ok\n';
  t.equal(painted(text, MARKS, { write: () => {} }), text);
  t.equal(painted(text, MARKS, { isTTY: true, write: () => {} }), text, 'nor does what only looks like one');
  t.end();
});

/** Node itself decides by the environment; `script` is a terminal. */
function colours(command: readonly string[], env: Readonly<Record<string, string>>, terminal: boolean) {
  // Node takes no terminal of an unknown CI for one with colours.
  const { NO_COLOR: _no, FORCE_COLOR: _force, NODE_DISABLE_COLORS: _off, CI: _ci, ...rest } = process.env;
  const line = [process.execPath, MAIN, ...command].map(quoted).join(' ');
  const [program, args] = terminal
    ? (['script', ['-qec', line, '/dev/null']] as const)
    : (['sh', ['-c', line]] as const);
  const { stdout } = spawnSync(program, args, {
    encoding: 'utf8',
    env: { ...rest, ...SERVE_ENV, TERM: 'xterm-256color', ...env },
    timeout: 60_000,
  });
  return { coloured: stdout.includes(ESCAPE), stdout };
}

const missing = spawnSync('script', ['--version']).error ? 'there is no script(1) on this machine' : false;

t.test(
  'a terminal gets colours, a pipe none, and NO_COLOR and FORCE_COLOR are respected',
  { skip: missing },
  async (t) => {
    const folder = await folderOf(t, serveFiles(1));
    const config = join(folder, 'config.yaml');
    const commands = [
      ['check', config, '--offline'],
      ['explain', config, 's3://secret/a', '--op', 'GetObject'],
      ['doctor', config, '--read-only'],
      ['verify', config, 's3://secret'],
      ['--help'],
      ['serve', '--help'],
      ['nonsense'],
      ['serve', '--nonsense'],
    ];
    for (const command of commands) {
      t.equal(colours(command, {}, true).coloured, true, `${command[0]} at a terminal`);
      t.equal(colours(command, {}, false).coloured, false, `${command[0]} in a pipe`);
    }
    const [check = []] = commands;
    t.equal(colours(check, { NO_COLOR: '1' }, true).coloured, false);
    t.equal(colours(check, { TERM: 'dumb' }, true).coloured, false);
    t.equal(colours(check, { FORCE_COLOR: '1' }, false).coloured, true, 'who forces it wants it in a pipe');
    t.equal(colours(['doctor', config, '--json', '--read-only'], {}, true).coloured, false, 'JSON has none');
  },
);
