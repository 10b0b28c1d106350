import { createRequire } from 'node:module';
import t from 'tap';
import { CHECKSUMS } from '../src/s3/checksums.ts';
import { Secret } from '../src/secret.ts';
import { loadAws4 } from '../src/sigv4/aws4.ts';
import { sign } from '../src/sigv4/sign.ts';
import { loadTransport, transportOf } from '../src/upstream/transports.ts';

t.test('loads nothing for the hashes that Node lacks before one is needed', async (t) => {
  const loaded = (): boolean =>
    Object.keys(createRequire(import.meta.url).cache).some((file) => file.includes('/hash-wasm/'));
  for (const name of ['SHA256', 'MD5', 'CRC32', 'CRC32C', 'CRC64NVME']) await CHECKSUMS[name]?.make();
  t.notOk(loaded());
  await CHECKSUMS.XXHASH3?.make();
  t.ok(loaded());
});

t.test('aws4 is there once it was loaded, and not before', async (t) => {
  const credentials = { accessKeyId: 'a', secretAccessKey: new Secret('b') };
  const signed = (): unknown =>
    sign(
      { method: 'GET', path: '/', headers: { host: 'h' } },
      { credentials, region: 'r', now: new Date(), signer: 'aws4' },
    );
  t.throws(signed, /aws4 was not loaded/);
  await loadAws4();
  t.doesNotThrow(signed);
});

t.test('http-proxy is there once it was loaded, and not before', async (t) => {
  const loaded = (): boolean =>
    Object.keys(createRequire(import.meta.url).cache).some((file) => file.includes('/http-proxy/'));
  t.type(transportOf('direct'), 'function');
  t.throws(() => transportOf('http-proxy'), /http-proxy was not loaded/);
  await loadTransport('direct');
  t.notOk(loaded());
  await loadTransport('http-proxy');
  t.ok(loaded());
  t.type(transportOf('http-proxy'), 'function');
});
