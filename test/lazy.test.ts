import { createRequire } from 'node:module';
import t from 'tap';
import { CHECKSUMS } from '../src/s3/checksums.ts';

t.test('loads nothing for xxHash before it is needed', async (t) => {
  const loaded = (): boolean =>
    Object.keys(createRequire(import.meta.url).cache).some((file) => file.includes('/hash-wasm/'));
  await CHECKSUMS.SHA256?.make();
  t.notOk(loaded());
  await CHECKSUMS.XXHASH3?.make();
  t.ok(loaded());
});
