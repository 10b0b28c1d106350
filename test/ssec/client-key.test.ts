import t from 'tap';
import type { S3Error } from '../../src/s3/errors.ts';
import { clientKey } from '../../src/ssec/client-key.ts';
import { ssecHeaderNames, ssecHeaders } from '../../src/ssec/headers.ts';
import { refusal } from '../support/failure.ts';
import { wireHeaders } from '../support/headers.ts';
import { testSsecKey } from '../support/snapshot.ts';

const OWN = testSsecKey('own');
const SHORT = Buffer.alloc(31, 1).toString('base64');
const LONG = Buffer.alloc(33, 1).toString('base64');

for (const end of ['target', 'source'] as const) {
  const { algorithm, key, md5 } = ssecHeaderNames(end);
  const whole = ssecHeaders(end, OWN);
  const read = (headers: Record<string, string | string[]>) => clientKey(end, wireHeaders(headers));

  t.test(`takes a whole key of the ${end}, byte by byte as it was sent`, async (t) => {
    t.match(read(whole), { base64: OWN.base64, md5: OWN.md5 });
    t.notMatch(String(read(whole)), OWN.base64);
  });

  t.test(`takes an algorithm or an MD5 of the ${end} without a key for an echo`, async (t) => {
    t.equal(read({ [algorithm]: 'AES256' }), undefined);
    t.equal(read({ [algorithm]: 'AES256', [md5]: 'of another key' }), undefined);
    t.equal(read({ [md5]: 'of another key' }), undefined);
  });

  t.test(`refuses anything else for the ${end} in S3's words, without repeating it`, async (t) => {
    const refused: readonly [string, RegExp, Record<string, string | string[]>][] = [
      ['an empty key alone', /valid encryption algorithm/, { [key]: '' }],
      ['a blank key alone', /valid encryption algorithm/, { [key]: ' \t' }],
      ['three empty ones', /valid encryption algorithm/, { [algorithm]: '', [key]: '', [md5]: '' }],
      ['an empty algorithm', /valid encryption algorithm/, { ...whole, [algorithm]: '' }],
      ['an empty algorithm alone', /valid encryption algorithm/, { [algorithm]: '' }],
      ['another algorithm', /valid encryption algorithm/, { ...whole, [algorithm]: 'aes256' }],
      ['a key without the algorithm', /valid encryption algorithm/, { [key]: OWN.base64, [md5]: OWN.md5 }],
      ['an empty MD5 alone', /calculated MD5/, { [md5]: '' }],
      ['a key without its MD5', /calculated MD5/, { [algorithm]: 'AES256', [key]: OWN.base64 }],
      ['a key with an empty MD5', /calculated MD5/, { ...whole, [md5]: ' ' }],
      ['an empty key', /secret key was invalid/, { ...whole, [key]: '' }],
      ['a key of 31 bytes', /secret key was invalid/, { ...whole, [key]: SHORT }],
      ['a key of 33 bytes', /secret key was invalid/, { ...whole, [key]: LONG }],
      ['no base64', /secret key was invalid/, { ...whole, [key]: '!'.repeat(44) }],
      ['no padding', /secret key was invalid/, { ...whole, [key]: OWN.base64.slice(0, -1) }],
      ['a blank before the key', /secret key was invalid/, { ...whole, [key]: ` ${OWN.base64}` }],
      ["another key's MD5", /did not match/, { ...whole, [md5]: testSsecKey('other').md5 }],
      ['a key given twice', /given once/, { ...whole, [key]: [OWN.base64, OWN.base64] }],
      ['an algorithm given twice', /given once/, { [algorithm]: ['AES256', 'AES256'] }],
    ];
    for (const [what, message, headers] of refused) {
      const error: S3Error = refusal(() => read(headers));
      t.match(error, { code: 'InvalidArgument', status: 400, message }, what);
      t.notMatch(JSON.stringify([error.message, error.fields]), OWN.base64, what);
    }
  });
}
