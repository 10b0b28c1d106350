import { createHash } from 'node:crypto';
import t from 'tap';
import { checkBodyHashes, checksumName } from '../../src/s3/body-hashes.ts';
import { S3Error } from '../../src/s3/errors.ts';
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
  'x-amz-checksum-xxhash64': base64('8cb841db40e6ae83'),
};

async function verdict(headers: Readonly<Record<string, string>>, body = BODY): Promise<string> {
  try {
    await checkBodyHashes(wireHeaders(headers), body);
    return 'ok';
  } catch (error) {
    if (error instanceof S3Error) return error.code;
    throw error;
  }
}

t.test('accepts a body whose hashes are all right, each alone and together', async (t) => {
  for (const [name, value] of Object.entries(RIGHT)) t.equal(await verdict({ [name]: value }), 'ok', name);
  t.equal(await verdict(RIGHT), 'ok');
});

t.test('refuses another body for each of them', async (t) => {
  for (const [name, value] of Object.entries(RIGHT)) {
    const code = await verdict({ [name]: value }, Buffer.from('12345678'));
    t.equal(code, name === 'x-amz-content-sha256' ? 'XAmzContentSHA256Mismatch' : 'BadDigest', name);
  }
});

t.test('trusts no checksum without computing it', async (t) => {
  const code = (name: string, value = 'AAAA'): Promise<string> => verdict({ [name]: value });
  t.equal(await code('x-amz-checksum-nobodys'), 'NotImplemented');
  t.equal(await code('x-amz-checksum-constructor'), 'NotImplemented');
  for (const none of ['', 'AAAA', 'AAAAAA=', 'AAAAAA==\u00a0x', '!!!!!!=='])
    t.equal(await code('x-amz-checksum-crc32', none), 'InvalidRequest', none);
  t.equal(await code('x-amz-checksum-crc32', 'AAAAAA=='), 'BadDigest');
  t.equal(await code('x-amz-content-sha256', 'UNSIGNED-PAYLOAD'), 'ok');
});

t.test('distinguishes checksums from headers that only mention them', async (t) => {
  t.equal(checksumName('x-amz-checksum-crc32'), 'CRC32');
  for (const name of ['algorithm', 'type', 'mode'])
    t.equal(checksumName(`x-amz-checksum-${name}`), undefined);
  t.equal(checksumName('x-amz-sdk-checksum-algorithm'), undefined);
});
