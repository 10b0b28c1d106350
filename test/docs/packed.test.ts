import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { allPages, ROOT } from '../../scripts/docs/pages.ts';
import { brokenLinks } from './links.ts';

/** The names of all files that `npm pack` takes, but for what it builds before. */
function packedFiles(): readonly string[] {
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts', '--loglevel=error'];
  const packed: unknown = JSON.parse(execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8' }));
  const [first] = Object.values(packed as Record<string, { files: readonly { path: string }[] }>);
  return first?.files.map(({ path }) => path) ?? [];
}

t.test('every page of the package is whole: what it links to is in the package', (t) => {
  const files = packedFiles();
  t.ok(files.includes('README.md') && files.includes('package.json'));
  const folder = mkdtempSync(join(tmpdir(), 'ssec-proxy-packed-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  for (const file of files.filter((path) => existsSync(join(ROOT, path))))
    execFileSync('cp', ['--parents', file, folder], { cwd: ROOT });
  const pages = allPages().filter(({ path }) => files.includes(path));
  t.strictSame(
    pages.flatMap((page) => brokenLinks(page, folder)),
    [],
  );
  t.end();
});

t.test('what npm pack makes is not a change of the repository', (t) => {
  const ignored = execFileSync('git', ['check-ignore', '--no-index', 'ssec-proxy-0.1.0.tgz'], { cwd: ROOT });
  t.equal(ignored.toString().trim(), 'ssec-proxy-0.1.0.tgz');
  t.end();
});
