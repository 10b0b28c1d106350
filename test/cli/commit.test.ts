import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import t from 'tap';
import { commitOf } from '../../src/cli/commit.ts';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const OTHER = 'f'.repeat(40);
const of = (folder: string) => commitOf(pathToFileURL(`${folder}/`));

t.test('reads the commit of a branch, of a packed branch, and of none', (t) => {
  const folder = t.testdir({ '.git': { HEAD: 'ref: refs/heads/a/b\n', refs: { heads: { a: {} } } } });
  t.equal(of(folder), undefined, 'a branch without a commit');
  writeFileSync(
    `${folder}/.git/packed-refs`,
    `# pack-refs\n${OTHER} refs/heads/x/refs/heads/a/b\n${COMMIT} refs/heads/a/b\n`,
  );
  t.equal(of(folder), COMMIT);
  writeFileSync(`${folder}/.git/refs/heads/a/b`, `${OTHER}\n`);
  t.equal(of(folder), OTHER, 'the loose one is the newer one');
  writeFileSync(`${folder}/.git/HEAD`, `${COMMIT}\n`);
  t.equal(of(folder), COMMIT);
  t.end();
});

t.test('knows a worktree', (t) => {
  const folder = t.testdir({
    main: {
      '.git': {
        refs: { heads: { x: `${COMMIT}\n` } },
        worktrees: { w: { HEAD: 'ref: refs/heads/x\n', commondir: '../..\n' } },
      },
    },
    tree: { '.git': 'gitdir: ../main/.git/worktrees/w\n' },
  });
  t.equal(of(`${folder}/tree`), COMMIT);
  t.end();
});

t.test('says what git says', { skip: hasGit() ? false : 'there is no git on this machine' }, (t) => {
  const folder = t.testdir();
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=x', '-c', 'user.email=x@example.org', ...args], {
      encoding: 'utf8',
    }).trim();
  git('init', '--quiet');
  git('commit', '--quiet', '--allow-empty', '-m', 'x');
  t.equal(of(folder), git('rev-parse', 'HEAD'));
  git('pack-refs', '--all');
  t.equal(of(folder), git('rev-parse', 'HEAD'));
  t.end();
});

t.test('where nothing is known, it says nothing', (t) => {
  const folder = t.testdir({
    a: { '.git': { HEAD: 'ref: ../../../../etc/passwd\n' } },
    b: { '.git': 'nonsense' },
    c: {},
  });
  for (const name of ['a', 'b', 'c', 'none']) t.equal(of(`${folder}/${name}`), undefined);
  mkdirSync(`${folder}/c/.git/HEAD`, { recursive: true });
  t.equal(of(`${folder}/c`), undefined);
  t.end();
});

function hasGit(): boolean {
  try {
    execFileSync('git', ['--version']);
    return true;
  } catch {
    return false;
  }
}
