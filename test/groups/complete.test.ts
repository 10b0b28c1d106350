import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { filesOf, GROUPS, type Group } from './groups.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (name: string) => readFileSync(join(ROOT, name), 'utf8');

t.test('each test file of the tree is run by one command, and by one only', async (t) => {
  const groups = (Object.keys(GROUPS) as Group[]).map((name) => ({
    by: `test/groups/${name}.test.ts`,
    files: filesOf(name),
  }));
  const commands = await Promise.all(
    tapCommands().map(async (args) => ({ by: `tap ${args}`, files: await listed(args) })),
  );
  const runs = [...groups, ...commands].flatMap(({ by, files }) => files.map((file) => ({ file, by })));
  const tree = globSync('test/**/*.test.ts', { cwd: ROOT });
  t.ok(commands.length >= 4 && tree.length > 100, 'the commands and the tree were read');
  for (const file of [...new Set([...tree, ...runs.map((run) => run.file)])].toSorted()) {
    const by = runs.filter((run) => run.file === file).map((run) => run.by);
    if (by.length !== 1) t.fail(`${file} is run by ${by.join(' and ') || 'no command'}`);
  }
});

/** What follows `tap` wherever a script of package.json, or a shell file that one starts, calls it. */
function tapCommands(): string[] {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const lines = Object.values(scripts).flatMap((script) => {
    const [, shell] = /^bash (\S+\.sh)$/.exec(script) ?? [];
    return shell === undefined ? [script] : read(shell).split('\n');
  });
  const calls = lines.flatMap((line) => [...line.matchAll(/(?:^|\bnpx )tap(?: (?!build)(.*)|$)/g)]);
  return [...new Set(calls.map(([, args = '']) => args))];
}

/** Asked of tap itself, through a shell as npm would. */
async function listed(args: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('sh', ['-c', `node_modules/.bin/tap list ${args}`], {
    cwd: ROOT,
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TAP'))),
  });
  return stdout.trim().split('\n');
}
