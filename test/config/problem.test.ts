import t from 'tap';
import { createReport } from '../../src/config/problem.ts';

const pathOf = (name: string): string | undefined => {
  const report = createReport(() => ({ line: 1, column: 1 }));
  report.error(['keys', name], 'unknown field');
  return report.problems()[0]?.path;
};

t.test('a key or a secret in the place of a name is not shown, however many slashes it has', async (t) => {
  for (const secret of [
    'ab3dEfgh1jklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ=',
    'ab/dEf/h1jkl/nopqrstuv/xyzABCDEFGHIJKLM/OPQ=',
    '/b3dEfgh1jklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ=',
    'ab/dEf/h1jkl/nopqrstuv/xyzABCDEFGHIJKLM/',
    '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff',
  ]) {
    const shown = pathOf(secret) ?? '';
    t.notOk(shown.includes(secret.slice(4)), secret);
    t.ok(shown.includes(`${secret.slice(0, 4)}…`), shown);
  }
});

t.test('paths and fingerprints are shown in full', async (t) => {
  for (const name of [
    '/var/lib/ssec-proxy/keys/of/backups-2026/current',
    'secrets/of/the/proxy/for/backups2026/long',
    '00112233445566778899aabbccddeeff',
    'a-name-that-is-long-and-has-no-digits-in-it-at-all',
  ])
    t.ok(pathOf(name)?.includes(name), name);
});

t.test('what stands behind a name is not shown where the name alone is told', async (t) => {
  const report = createReport(() => ({ line: 1, column: 1 }));
  report.errorAtKey(['clients', 0, 'secret:hunter2'], 'unknown field', undefined, ['clients', 0, 'secret']);
  t.equal(report.problems()[0]?.path, 'clients[0].secret');
});
