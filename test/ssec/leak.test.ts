import fc from 'fast-check';
import t from 'tap';
import { SseKey } from '../../src/keys/key.ts';
import { holdsKey } from '../../src/ssec/leak.ts';
import { testSsecKey } from '../support/snapshot.ts';

const WRITINGS: Readonly<Record<string, (bytes: Buffer) => string>> = {
  base64: (bytes) => bytes.toString('base64'),
  'base64 without padding': (bytes) => bytes.toString('base64').replace(/=+$/, ''),
  base64url: (bytes) => bytes.toString('base64url'),
  'base64 in a URL': (bytes) => encodeURIComponent(bytes.toString('base64')),
  hex: (bytes) => bytes.toString('hex'),
  'upper-case hex': (bytes) => bytes.toString('hex').toUpperCase(),
  'bytes of a canonical request': (bytes) =>
    [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' '),
  'escaped bytes': (bytes) => [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
};

t.test('finds every key and its MD5 in every encoding', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.string(), (bytes, around) => {
      const ssecKey = new SseKey('random', bytes);
      return [ssecKey.base64, ssecKey.md5].every((base64) =>
        Object.values(WRITINGS).every((write) =>
          holdsKey(`${around}${write(Buffer.from(base64, 'base64'))}${around}`, [
            testSsecKey('other'),
            ssecKey,
          ]),
        ),
      );
    }),
  );
});

t.test('finds nothing where there is nothing', async (t) => {
  const ssecKey = testSsecKey('a');
  const texts = [
    '',
    'The specified key does not exist.',
    testSsecKey('b').base64,
    ssecKey.fingerprint,
    'AES256',
  ];
  for (const text of texts) t.notOk(holdsKey(text, [ssecKey]));
  t.notOk(holdsKey(ssecKey.base64, []), 'it looks for the keys in play only');
});
