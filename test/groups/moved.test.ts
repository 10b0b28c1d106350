import { readlinkSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import t from 'tap';

t.test('tests run in a checkout that was moved: what an install links is relative', async (t) => {
  const link = join(import.meta.dirname, '../../.tap/plugins/node_modules/@tapjs/core');
  t.notOk(isAbsolute(readlinkSync(link)), 'npm run prepare links it anew');
});
