import { chmodSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { mirrorsIn } from '../../scripts/image/apt.ts';
import { epoch } from '../../scripts/image/epoch.ts';
import { run } from '../../scripts/image/run.ts';
import { settle } from '../../scripts/image/settle.ts';

function folder(t: Test): string {
  const path = mkdtempSync(join(tmpdir(), 'ssec-proxy-image-'));
  t.teardown(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

t.test('a tree says nothing of who made it and when', (t) => {
  const root = folder(t);
  mkdirSync(join(root, 'a/b'), { recursive: true });
  const modes = { 'a/text': 0o600, 'a/b/program': 0o711, 'a/setuid': 0o4755, 'a/open': 0o666 };
  for (const [path, mode] of Object.entries(modes)) {
    writeFileSync(join(root, path), path);
    chmodSync(join(root, path), mode);
  }
  chmodSync(join(root, 'a/b'), 0o700);
  symlinkSync('nowhere', join(root, 'a/link'));
  settle(root, 86_400);
  const found = (path: string) => (lstatSync(join(root, path)).mode & 0o7777).toString(8);
  t.equal(found('a/text'), '644');
  t.equal(found('a/b/program'), '755');
  t.equal(found('a/setuid'), '755');
  t.equal(found('a/open'), '644');
  t.equal(found('a/b'), '755');
  for (const path of ['.', 'a', 'a/b', 'a/text', 'a/link'])
    t.equal(lstatSync(join(root, path)).mtimeMs, 86_400_000);
  t.end();
});

t.test('the time is the one that is given, or that of the commit, and nothing else', (t) => {
  t.equal(epoch('/nowhere', '1700000000'), 1_700_000_000);
  for (const wrong of ['', 'yesterday', '1.5', '-1', '99999999999'])
    t.throws(() => epoch('/nowhere', wrong), /must be seconds since 1970/, wrong);
  t.throws(() => epoch(folder(t)), /set SOURCE_DATE_EPOCH/);
  t.end();
});

t.test('says which program is missing or failed', (t) => {
  t.throws(() => run('no-such-program', []), /no-such-program is missing; npm run image needs Debian/);
  t.throws(() => run('false', []), /false failed: exit code 1/);
  t.equal(run('echo', ['words']), 'words\n');
  t.end();
});

t.test(
  'takes Debian from where this machine’s apt takes it, and from nobody with a folder of that name',
  (t) => {
    const line = (uri: string, suite: string) => `'${uri}/dists/${suite}/InRelease' a_file 0 \n`;
    const docker = line('https://docker.example/linux/debian', 'bookworm');
    const ubuntu =
      line('http://ubuntu.example/ubuntu', 'noble-updates') +
      line('http://ubuntu.example/ubuntu', 'noble-security');
    const debian =
      line('http://a.example/debian', 'bookworm') +
      line('http://a.example/debian/', 'bookworm-updates') +
      line('http://b.example/x/debian-security', 'bookworm-security');
    const mirrors = { archive: 'http://a.example/debian', security: 'http://b.example/x/debian-security' };
    t.strictSame(mirrorsIn(docker + ubuntu + debian), mirrors);
    t.throws(() => mirrorsIn(docker + ubuntu), /no mirror of Debian's updates; name both with --archive URL/);
    t.end();
  },
);
