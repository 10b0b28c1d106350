import t from 'tap';
import { hasClientKey, isSsecHeader, ssecHeaders } from '../../src/ssec/headers.ts';
import { wireHeaders } from '../support/headers.ts';
import { testSsecKey } from '../support/snapshot.ts';

const TARGET = 'x-amz-server-side-encryption-customer-';
const SOURCE = 'x-amz-copy-source-server-side-encryption-customer-';

t.test('gives the store a key in three headers, for either end', async (t) => {
  const ssecKey = testSsecKey('a');
  for (const [end, prefix] of [
    ['target', TARGET],
    ['source', SOURCE],
  ] as const) {
    t.same(ssecHeaders(end, ssecKey), {
      [`${prefix}algorithm`]: 'AES256',
      [`${prefix}key`]: ssecKey.base64,
      [`${prefix}key-md5`]: ssecKey.md5,
    });
  }
  t.equal(Buffer.from(ssecKey.base64, 'base64').byteLength, 32);
  t.equal(Buffer.from(ssecKey.md5, 'base64').byteLength, 16);
});

t.test('distinguishes the headers of the two ends', async (t) => {
  for (const suffix of ['algorithm', 'key', 'key-md5']) {
    t.ok(isSsecHeader('target', TARGET + suffix));
    t.notOk(isSsecHeader('source', TARGET + suffix));
    t.ok(isSsecHeader('source', SOURCE + suffix));
    t.notOk(isSsecHeader('target', SOURCE + suffix));
  }
  t.notOk(isSsecHeader('target', 'x-amz-server-side-encryption'));
  t.notOk(isSsecHeader('target', 'x-amz-server-side-encryption-context'));
});

t.test('treats only a key as a key', async (t) => {
  t.ok(hasClientKey('target', wireHeaders({ 'X-Amz-Server-Side-Encryption-Customer-Key': 'a' })));
  t.ok(
    hasClientKey('target', wireHeaders({ [`${TARGET}key`]: '' })),
    'an empty one is the client’s own mistake',
  );
  t.ok(hasClientKey('source', wireHeaders({ [`${SOURCE}key`]: 'a' })));
  t.notOk(hasClientKey('source', wireHeaders({ [`${TARGET}key`]: 'a' })));
  const echo = wireHeaders({ [`${TARGET}algorithm`]: 'AES256', [`${TARGET}key-MD5`]: 'b' });
  t.notOk(hasClientKey('target', echo));
});
