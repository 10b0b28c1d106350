import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { parsePage } from '../../scripts/docs/pages.ts';
import { type Outcome, runPage } from '../../scripts/docs/run-page.ts';
import { eventually } from '../e2e/wire.ts';
import { isGone } from '../support/is-gone.ts';

/** A repository of one file, and a folder for what the blocks of a page tell. */
function stand(t: Test) {
  const folder = mkdtempSync(join(tmpdir(), 'ssec-proxy-run-page-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, stdio: 'ignore' });
  git('init', '--quiet', 'origin');
  const commit = 'echo here > file; git add file; git -c user.name=a -c user.email=a@b.c commit --quiet -m a';
  execFileSync('sh', ['-c', commit], { cwd: join(folder, 'origin'), stdio: 'ignore' });
  const run = (blocks: readonly string[], timeout = 120_000): Promise<Outcome> => {
    const text = blocks.map((block) => `\`\`\`sh\n${block}\n\`\`\`\n`).join('\n');
    const checkout = join(folder, 'origin');
    return runPage(parsePage('page.md', text), { checkout, timeout, output: 'ignore' });
  };
  const told = (name: string): string => readFileSync(join(folder, name), 'utf8').trim();
  return { folder, run, told };
}

t.test('the blocks of a page share one shell with an empty environment, in a clone', async (t) => {
  const { folder, run, told } = stand(t);
  const outcome = await run([
    'cat file; a=1',
    `echo "$a" > ${folder}/a; env | cut -d= -f1 | sort > ${folder}/env`,
  ]);
  t.strictSame(outcome, { kind: 'passed', blocks: 2 });
  t.equal(told('a'), '1');
  t.strictSame(told('env').split('\n'), ['HOME', 'OLDPWD', 'PATH', 'PWD', 'SHLVL', '_']);
});

t.test('a page that clones the repository begins in an empty folder, and gets this checkout', async (t) => {
  const { folder, run, told } = stand(t);
  const url = 'https://example.invalid/ssec-proxy.git';
  const outcome = await run([`test -z "$(ls)"\ngit clone ${url}\ncp ssec-proxy/file ${folder}/file`]);
  t.strictSame(outcome, { kind: 'passed', blocks: 1 });
  t.equal(told('file'), 'here');
});

t.test('the first block that fails ends the page and is named', async (t) => {
  const { folder, run } = stand(t);
  for (const wrong of ['false', 'echo "$unset"', 'false | cat', 'ssec-proxy-that-is-not-there']) {
    const outcome = await run(['true', wrong, `echo > ${folder}/later`]);
    t.match(outcome, { kind: 'failed', line: 5 }, wrong);
  }
  t.notOk(existsSync(join(folder, 'later')));
});

t.test('a page has its time', async (t) => {
  const { run } = stand(t);
  t.strictSame(await run(['sleep 600'], 5000), { kind: 'failed', line: 1, why: 'took longer than 5 s' });
});

t.test('what a page leaves in the background is ended', async (t) => {
  const { folder, run, told } = stand(t);
  t.match(await run([`sleep 600 & echo $! > ${folder}/pid`]), { kind: 'passed' });
  const pid = Number(told('pid'));
  await eventually(() => isGone(pid));
  t.ok(isGone(pid));
});
