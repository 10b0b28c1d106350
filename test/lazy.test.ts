import { createRequire } from 'node:module';
import t from 'tap';
import { CHECKSUMS } from '../src/s3/checksums.ts';

t.test('loads nothing for the hashes that Node lacks before one is needed', async (t) => {
  const loaded = (): boolean =>
    Object.keys(createRequire(import.meta.url).cache).some((file) => file.includes('/hash-wasm/'));
  for (const name of ['SHA256', 'MD5', 'CRC32']) await CHECKSUMS[name]?.make();
  t.notOk(loaded());
  await CHECKSUMS.CRC64NVME?.make();
  t.ok(loaded());
});
