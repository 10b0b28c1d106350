import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { GROUPS, runGroup } from './groups.ts';

t.test('tap leaves out what a group runs, and nothing else that npm test owes', async (t) => {
  const taprc = parse(readFileSync(join(import.meta.dirname, '../../.taprc'), 'utf8')) as {
    exclude: string[];
  };
  const elsewhere = ['adversary', 'load', 'real'].map((folder) => `test/${folder}/**`);
  const grouped = Object.values(GROUPS).flatMap((folders) =>
    folders.map((folder) => `test/${folder}/*.test.ts`),
  );
  t.strictSame(taprc.exclude.toSorted(), [...elsewhere, ...grouped].toSorted());
});

await runGroup('pure');
