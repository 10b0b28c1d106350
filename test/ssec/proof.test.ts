import t from 'tap';
import { echoOf } from '../../src/ssec/proof.ts';
import { responseWith } from '../support/exchange.ts';
import { testSsecKey } from '../support/snapshot.ts';

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
