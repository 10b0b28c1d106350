import t from 'tap';
import { echoOf, hasSsecHeader, isSsecHeader, ssecHeaderNames, ssecHeaders } from '../../src/ssec/headers.ts';
import { responseWith } from '../support/exchange.ts';
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

t.test('sees each of the three headers, whatever it says, and only at its own end', async (t) => {
  for (const name of Object.values(ssecHeaderNames('target'))) {
    for (const value of ['', 'a']) t.ok(hasSsecHeader('target', wireHeaders({ [name]: value })), name);
    t.notOk(hasSsecHeader('source', wireHeaders({ [name]: 'a' })), name);
    t.ok(isSsecHeader('target', name));
  }
  for (const name of Object.values(ssecHeaderNames('source'))) {
    t.ok(hasSsecHeader('source', wireHeaders({ [name]: '' })), name);
    t.notOk(hasSsecHeader('target', wireHeaders({ [name]: 'a' })), name);
  }
  t.notOk(hasSsecHeader('target', wireHeaders({ 'x-amz-server-side-encryption': 'AES256' })));
});

const ssecKey = testSsecKey('a');
const ALGORITHM = 'x-amz-server-side-encryption-customer-algorithm';
const KEY_MD5 = 'X-Amz-Server-Side-Encryption-Customer-Key-MD5';

for (const [echo, head] of [
  ['ours', [`${ALGORITHM}: AES256`, `${KEY_MD5}: ${ssecKey.md5}`]],
  ['missing', []],
  ['missing', [`${ALGORITHM}: AES256`]],
  ['missing', [`${KEY_MD5}: ${ssecKey.md5}`]],
  ['different', [`${ALGORITHM}: AES256`, `${KEY_MD5}: ${testSsecKey('b').md5}`]],
  ['different', [`${ALGORITHM}: AES128`, `${KEY_MD5}: ${ssecKey.md5}`]],
  ['ours', [`${ALGORITHM}: AES256`, `${KEY_MD5}: ${ssecKey.md5}`, `${KEY_MD5}: ${ssecKey.md5}`]],
  [
    'different',
    [`${ALGORITHM}: AES256`, `${KEY_MD5}: ${ssecKey.md5}`, `${KEY_MD5}: ${testSsecKey('b').md5}`],
  ],
  ['different', [`${ALGORITHM}: AES256`, `${KEY_MD5}: ${ssecKey.md5}, ${ssecKey.md5}`]],
] as const) {
  t.test(`reads an echo as ${echo} from ${head.length} header lines`, async (t) => {
    await responseWith(head, async (response) => {
      t.equal(echoOf(response, ssecKey), echo);
    });
  });
}
