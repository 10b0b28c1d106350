import { createHash } from 'node:crypto';
import { CHECKSUMS } from '../../../src/s3/checksums.ts';
import { scopedKey } from '../../../src/sigv4/signing-keys.ts';
import { CREDENTIALS, REGION } from '../stand/ground.ts';

/** As the SDKs for JavaScript and Java cut bodies. */
const CHUNK = 64 * 1024;
const SIGNATURE_LINE = ';chunk-signature='.length + 64;

/** A body in unsigned chunks, with its CRC64NVME as the trailer: what the AWS CLI sends by default. */
export async function unsignedChunks(body: Buffer): Promise<Buffer> {
  const checksum = await CHECKSUMS.CRC64NVME?.make();
  if (!checksum) throw new Error('there is no CRC64NVME');
  checksum.update(body);
  const trailer = `x-amz-checksum-crc64nvme:${Buffer.from(checksum.digest()).toString('base64')}\r\n`;
  const chunks = cut(body).flatMap((chunk) => [
    Buffer.from(`${chunk.length.toString(16)}\r\n`),
    chunk,
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...chunks, Buffer.from(`0\r\n${trailer}\r\n`)]);
}

/**
 * A body in chunks that are signed, each one over the signature before it.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 */
export function signedChunks(body: Buffer, seed: string, timestamp: string): Buffer {
  const { signingKey, scope } = scopedKey(CREDENTIALS, REGION, timestamp.slice(0, 8));
  const nothing = createHash('sha256').update('').digest('hex');
  let previous = seed;
  const chunks = [...cut(body), Buffer.of()].flatMap((chunk) => {
    const hash = createHash('sha256').update(chunk).digest('hex');
    const text = `AWS4-HMAC-SHA256-PAYLOAD\n${timestamp}\n${scope}\n${previous}\n${nothing}\n${hash}`;
    previous = signingKey.sign(text);
    const line = `${chunk.length.toString(16)};chunk-signature=${previous}\r\n`;
    return [Buffer.from(line), chunk, Buffer.from('\r\n')];
  });
  return Buffer.concat(chunks);
}

/** How long a body is in signed chunks: its request is signed before the first of them. */
export function signedLength(body: Buffer): number {
  return [...cut(body), Buffer.of()].reduce(
    (sum, { length }) => sum + length.toString(16).length + SIGNATURE_LINE + 2 + length + 2,
    0,
  );
}

function cut(body: Buffer): Buffer[] {
  return Array.from({ length: Math.ceil(body.length / CHUNK) }, (_, index) =>
    body.subarray(index * CHUNK, (index + 1) * CHUNK),
  );
}
