import { randomBytes } from 'node:crypto';
import t from 'tap';
import {
  blockStart,
  decryptingFrom,
  encrypting,
  newIv,
  opens,
  sealWith,
} from '../../../src/sandbox/store/cipher.ts';

await t.test('decrypts from any offset, where the counter wraps around too', async (t) => {
  const ssecKey = randomBytes(32);
  const plaintext = randomBytes(100);
  for (const iv of [newIv(), 'f'.repeat(32), `${'f'.repeat(31)}d`]) {
    const ciphertext = encrypting(ssecKey, iv).setEncoding('hex').end(plaintext).read() as string;
    for (let offset = 0; offset < plaintext.length; offset++) {
      const start = blockStart(offset);
      const rest = Buffer.from(ciphertext, 'hex').subarray(start);
      const decrypted = decryptingFrom(ssecKey, iv, offset).end(rest).read() as Buffer;
      if (!decrypted.equals(plaintext.subarray(start))) t.fail(`${iv} at ${offset}`);
    }
  }
  t.pass();
});

await t.test('a seal tells its key from another, and has a salt of its own', async (t) => {
  const ssecKey = randomBytes(32);
  const seal = sealWith(ssecKey);
  t.ok(opens(seal, ssecKey));
  t.notOk(opens(seal, randomBytes(32)));
  t.notSame(sealWith(ssecKey), seal);
});
