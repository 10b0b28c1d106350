import { readFileSync } from 'node:fs';
import t from 'tap';
import { run } from '../../src/cli/run.ts';
import { ran } from '../support/io.ts';

const COMMANDS = ['serve', 'check', 'explain', 'keygen', 'demo'];

t.test('says its version, which is the package’s', async (t) => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  t.same(await ran(run, ['--version']), { code: 0, stdout: `${version}\n`, stderr: '' });
});

t.test('lists its commands when it is asked to', async (t) => {
  for (const asked of ['--help', 'help']) {
    const { code, stdout, stderr } = await ran(run, [asked]);
    t.equal(code, 0);
    t.equal(stderr, '');
    for (const command of COMMANDS) t.match(stdout, new RegExp(`^ {2}${command} `, 'm'));
  }
});

t.test('refuses what is no command, and names of every object too', async (t) => {
  for (const args of [[], ['nonsense'], ['constructor'], ['toString'], ['__proto__'], ['--nonsense']]) {
    const { code, stdout, stderr } = await ran(run, args);
    t.equal(code, 2, args.join(' '));
    t.equal(stdout, '');
    t.match(stderr, /serve/);
  }
});

t.test('hands the rest of the line to the command', async (t) => {
  for (const command of ['serve', 'check', 'explain', 'keygen']) {
    const { code, stderr } = await ran(run, [command]);
    t.equal(code, 2, command);
    t.match(stderr, new RegExp(`Usage: ssec-proxy ${command}`));
  }
});
