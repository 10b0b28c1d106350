import { globSync } from 'node:fs';
import t from 'tap';
import { allPages, ROOT } from '../../scripts/docs/pages.ts';

const promises = allPages().find(({ path }) => path === 'docs/internals/promises.md');

t.test('every test of what must be impossible stands beside the promise that it tries to break', (t) => {
  const tests = globSync('test/adversary/*.test.ts', { cwd: ROOT });
  t.ok(tests.length > 5);
  t.strictSame(
    tests.filter((path) => promises?.text.includes(`\`${path}\``) !== true),
    [],
  );
  t.end();
});
