import * as fs from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

t.test('a share that tells at the end that it is full does not keep the next file away', async (t) => {
  const { ReopenedFile } = await t.mockImport<typeof import('../src/reopened-file.ts')>(
    '../src/reopened-file.ts',
    {
      'node:fs': {
        ...fs,
        closeSync: (fd: number) => {
          fs.closeSync(fd);
          throw Object.assign(new Error('full'), { code: 'ENOSPC' });
        },
      },
    },
  );
  const path = join(t.testdir({}), 'audit.log');
  const file = new ReopenedFile(path);
  await file.write(Buffer.from('one\n'));
  fs.renameSync(path, `${path}.1`);
  file.reopen();
  await file.write(Buffer.from('two\n'));
  t.equal(fs.readFileSync(`${path}.1`, 'utf8'), 'one\n');
  t.equal(fs.readFileSync(path, 'utf8'), 'two\n');
  file.close();
});
