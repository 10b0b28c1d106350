import { createHash } from 'node:crypto';
import t from 'tap';
import { fingerprintOf } from '../../src/keys/key.ts';
import { keyFromFile } from '../../src/keys/keyfile.ts';

const KEY = createHash('sha256').update('test key').digest();
const FINGERPRINT = fingerprintOf(KEY);

t.test('the MD5 is of the 32 raw bytes, whatever the file’s format', (t) => {
  const md5 = createHash('md5').update(KEY).digest('base64');
  const contents = {
    raw: KEY,
    base64: KEY.toString('base64'),
    hex: KEY.toString('hex'),
    velero: KEY,
  } as const;
  for (const format of ['raw', 'base64', 'hex', 'velero'] as const) {
    const result = keyFromFile({ id: 'vault', format }, Buffer.from(contents[format]));
    t.match(result, { kind: 'key', ssecKey: { id: 'vault', md5, fingerprint: FINGERPRINT } });
  }
  t.end();
});

t.test('a stated fingerprint must be the key’s, in either case', (t) => {
  const read = (fingerprint: string) => keyFromFile({ id: 'vault', fingerprint }, KEY);
  t.equal(read(FINGERPRINT).kind, 'key');
  t.equal(read(FINGERPRINT.toUpperCase()).kind, 'key');
  const wrong = read('0'.repeat(32));
  t.match(wrong, {
    kind: 'refused',
    message: `the key's fingerprint is ${FINGERPRINT}, not the one in the config`,
  });
  t.end();
});
