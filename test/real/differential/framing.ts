import { crc32 } from 'node:zlib';
import { mac, type Signed, sha256 } from './sign.ts';

/** `aws-chunked`, and what is wrong with it. */
export interface Framing {
  readonly kind: 'signed' | 'signed-trailer' | 'unsigned-trailer';
  readonly fault?:
    | 'chunk signature'
    | 'no chunk signature'
    | 'trailer signature'
    | 'no trailer signature'
    | 'trailer checksum'
    | 'trailer not base64'
    | 'no trailer'
    | 'another trailer'
    | 'no last chunk'
    | 'chunk size too large'
    | 'chunk size not hexadecimal'
    | 'no line break behind a chunk';
  /** Of a chunk, in bytes; all in one where it isn't said. */
  readonly size?: number;
  /** Said in `x-amz-decoded-content-length`; `none` says nothing. The length where it isn't said. */
  readonly decodedLength?: number | 'none';
  /** Said in `x-amz-trailer`; the CRC32 that is sent where it isn't said. */
  readonly announces?: string;
  /** The `Content-Encoding` header; `aws-chunked` where it isn't said, and none where it is empty. */
  readonly coding?: string;
}

const PAYLOADS = {
  signed: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
  'signed-trailer': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
  'unsigned-trailer': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
} as const;
const CRC32 = 'x-amz-checksum-crc32';

/** The header fields that go with the framing, in lower case. */
export function framingHeaders(framing: Framing, body: Buffer): Record<string, string> {
  const { kind, decodedLength = body.length, coding = 'aws-chunked', announces = CRC32 } = framing;
  return {
    'x-amz-content-sha256': PAYLOADS[kind],
    ...(coding === '' ? {} : { 'content-encoding': coding }),
    ...(decodedLength === 'none' ? {} : { 'x-amz-decoded-content-length': String(decodedLength) }),
    ...(kind === 'signed' || announces === '' ? {} : { 'x-amz-trailer': announces }),
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html */
export function framed(framing: Framing, body: Buffer, signed: Signed, timestamp: string): Buffer {
  const { kind, fault, size = body.length } = framing;
  const pieces: Buffer[] = [];
  let previous = signed.signature;
  const sign = (label: string, ...hashes: string[]): string => {
    const text = [`AWS4-HMAC-SHA256-${label}`, timestamp, signed.scope, previous, ...hashes].join('\n');
    previous = mac(signed.signingKey, text).toString('hex');
    return previous;
  };
  const chunk = (bytes: Buffer): void => {
    const signature = kind === 'unsigned-trailer' ? '' : sign('PAYLOAD', sha256(''), sha256(bytes));
    const said = fault === 'chunk signature' && bytes.length > 0 ? flipped(signature) : signature;
    const extension = said === '' || fault === 'no chunk signature' ? '' : `;chunk-signature=${said}`;
    const tail = bytes.length === 0 || fault === 'no line break behind a chunk' ? '' : '\r\n';
    pieces.push(Buffer.from(`${sizeText(bytes.length, fault)}${extension}\r\n`), bytes, Buffer.from(tail));
  };
  for (let at = 0; at < body.length; at += size) chunk(body.subarray(at, at + size));
  if (fault === 'no last chunk') return Buffer.concat(pieces);
  chunk(Buffer.alloc(0));
  if (kind !== 'signed') pieces.push(Buffer.from(trailer(framing, body, sign)));
  pieces.push(Buffer.from('\r\n'));
  return Buffer.concat(pieces);
}

function sizeText(length: number, fault: Framing['fault']): string {
  if (fault === 'chunk size not hexadecimal' && length > 0) return 'xyz';
  const shown = fault === 'chunk size too large' && length > 0 ? length + 100_000 : length;
  return shown.toString(16);
}

function trailer(
  { kind, fault }: Framing,
  body: Buffer,
  sign: (label: string, ...hashes: string[]) => string,
): string {
  if (fault === 'no trailer') return '';
  const right = Buffer.alloc(4);
  right.writeUInt32BE(crc32(fault === 'trailer checksum' ? Buffer.from('another') : body));
  const value = fault === 'trailer not base64' ? '*' : right.toString('base64');
  const name = fault === 'another trailer' ? 'x-amz-checksum-sha1' : CRC32;
  const line = `${name}:${value}\r\n`;
  if (kind === 'unsigned-trailer' || fault === 'no trailer signature') return line;
  const signature = sign('TRAILER', sha256(`${name}:${value}\n`));
  const said = fault === 'trailer signature' ? flipped(signature) : signature;
  return `${line}x-amz-trailer-signature:${said}\r\n`;
}

function flipped(hex: string): string {
  return (hex.startsWith('0') ? '1' : '0') + hex.slice(1);
}
