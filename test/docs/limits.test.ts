import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

const ROOT = join(import.meta.dirname, '../..');
const PAGE = readFileSync(join(ROOT, 'docs/reference/limits.md'), 'utf8');
const NAMED = [...PAGE.matchAll(/`([\w/-]+\.ts)` `([A-Z_]+)`/g)].map(([, file = '', name = '']) => ({
  file,
  name,
}));
const SHOWN = [...PAGE.matchAll(/`(ssec_proxy_\w+)`/g)].map(([, name = '']) => name);

function isConstant({ file, name }: { file: string; name: string }): boolean {
  const path = join(ROOT, 'src', file);
  return (
    existsSync(path) && new RegExp(`^(?:export )?const ${name}\\b`, 'm').test(readFileSync(path, 'utf8'))
  );
}

t.test('each limit on the page is one of the program', async (t) => {
  t.ok(NAMED.length > 40);
  t.strictSame(
    NAMED.filter((limit) => !isConstant(limit)),
    [],
  );
  t.notOk(isConstant({ file: 'listener/listen.ts', name: 'MOST_NOTHING' }), 'another one is found');
});

t.test('each metric on the page is one of the program', async (t) => {
  const metrics = readFileSync(join(ROOT, 'docs/reference/metrics.md'), 'utf8');
  t.strictSame(
    SHOWN.filter((name) => !metrics.includes(`\`${name}\``)),
    [],
  );
});
