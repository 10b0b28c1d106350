import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { readFromDisk } from '../src/files.ts';

t.test('reads all of a file that says it is empty, as those of a kernel or of a FUSE do', async (t) => {
  const { bytes, truncated } = await readFromDisk('/proc/self/status');
  const lines = Buffer.from(bytes).toString('latin1').split('\n');
  t.match(lines.at(0), /^Name:/);
  t.match(lines.at(-2), /^nonvoluntary_ctxt_switches:/);
  t.notOk(truncated);
});

t.test('reads a mebibyte, and says that there is more', async (t) => {
  const most = 1024 * 1024;
  for (const [length, truncated] of [
    [0, false],
    [5000, false],
    [most, false],
    [most + 1, true],
    [2 * most, true],
  ] as const) {
    const file = join(t.testdir({}), 'file');
    writeFileSync(file, Buffer.alloc(length, 'a'));
    const read = await readFromDisk(file);
    t.equal(read.bytes.length, Math.min(length, most), `${length}`);
    t.equal(read.truncated, truncated, `${length}`);
  }
});
