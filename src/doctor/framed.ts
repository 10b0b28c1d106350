import { crc32 } from 'node:zlib';

/** A body in chunks with a trailing CRC32, as newer SDKs send it. */
export function framed(body: Buffer): { readonly body: Buffer; readonly headers: Record<string, string> } {
  return {
    body: Buffer.concat([
      Buffer.from(`${body.byteLength.toString(16)}\r\n`),
      body,
      Buffer.from(`\r\n0\r\nx-amz-checksum-crc32:${crc32Of(body)}\r\n\r\n`),
    ]),
    headers: {
      'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'x-amz-decoded-content-length': String(body.byteLength),
      'x-amz-trailer': 'x-amz-checksum-crc32',
      'content-encoding': 'aws-chunked',
    },
  };
}

/** In the encoding of headers and XML documents. */
export function crc32Of(body: Buffer): string {
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return checksum.toString('base64');
}
