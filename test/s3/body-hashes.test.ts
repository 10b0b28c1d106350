import { createHash } from 'node:crypto';
import t from 'tap';
import { checkBodyHashes, checksumName } from '../../src/s3/body-hashes.ts';
import { codeOf } from '../support/failure.ts';
import { wireHeaders } from '../support/headers.ts';

/** The check values of the CRC catalogue are over these nine bytes. */
const BODY = Buffer.from('123456789');
const digest = (algorithm: string, encoding: 'hex' | 'base64'): string =>
  createHash(algorithm).update(BODY).digest(encoding);
const base64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64');

const RIGHT: Readonly<Record<string, string>> = {
  'x-amz-content-sha256': digest('sha256', 'hex'),
  'content-md5': digest('md5', 'base64'),
  'x-amz-checksum-crc32': base64('cbf43926'),
  'x-amz-checksum-crc32c': base64('e3069283'),
  'x-amz-checksum-crc64nvme': base64('ae8b14860a799888'),
  'x-amz-checksum-sha1': digest('sha1', 'base64'),
  'x-amz-checksum-sha256': digest('sha256', 'base64'),
};

t.test('takes a body that has all its hashes right, each alone and together', async (t) => {
  for (const [name, value] of Object.entries(RIGHT))
    t.equal(
      codeOf(() => checkBodyHashes(wireHeaders({ [name]: value }), BODY)),
      'ok',
      name,
    );
  t.equal(
    codeOf(() => checkBodyHashes(wireHeaders(RIGHT), BODY)),
    'ok',
  );
});

t.test('refuses another body for each of them', async (t) => {
  for (const [name, value] of Object.entries(RIGHT)) {
    const code = codeOf(() => checkBodyHashes(wireHeaders({ [name]: value }), Buffer.from('12345678')));
    t.equal(code, name === 'x-amz-content-sha256' ? 'XAmzContentSHA256Mismatch' : 'BadDigest', name);
  }
});

t.test('takes no checksum on trust', async (t) => {
  const code = (name: string, value = 'AAAA'): string =>
    codeOf(() => checkBodyHashes(wireHeaders({ [name]: value }), BODY));
  t.equal(code('x-amz-checksum-nobodys'), 'NotImplemented');
  t.equal(code('x-amz-checksum-constructor'), 'NotImplemented');
  t.equal(code('x-amz-checksum-crc32', ''), 'BadDigest');
  t.equal(code('x-amz-content-sha256', 'UNSIGNED-PAYLOAD'), 'ok');
});

t.test('tells the checksums from what only speaks of them', async (t) => {
  t.equal(checksumName('x-amz-checksum-crc32'), 'CRC32');
  for (const name of ['algorithm', 'type', 'mode'])
    t.equal(checksumName(`x-amz-checksum-${name}`), undefined);
  t.equal(checksumName('x-amz-sdk-checksum-algorithm'), undefined);
});
