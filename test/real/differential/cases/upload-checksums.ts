import { crc32 } from 'node:zlib';
import type { Ask, Case, Headers } from '../ask.ts';
import { BODY } from './fixtures.ts';

/** Of the cases in this file: only a store that keeps account of checksums can judge them, and none of them is encrypted. */
export const UPLOAD_CHECKSUMS = 'checksums of an upload';

const CRC = checksumOf(crc32(BODY));
const OTHER = 'AAAAAA==';
const CRC32 = { 'x-amz-checksum-crc32': CRC };
const SHA256 = { 'x-amz-checksum-sha256': 'AAAA' };

const create = (algorithm?: string, type?: string): Ask => ({
  method: 'POST',
  query: { uploads: '' },
  headers: {
    ...(algorithm && { 'x-amz-checksum-algorithm': algorithm }),
    ...(type && { 'x-amz-checksum-type': type }),
  },
});
const part = (headers: Headers = {}): Ask => ({
  method: 'PUT',
  query: { partNumber: '1', uploadId: '{UploadId}' },
  headers,
  body: BODY,
});
const complete = (checksums = '', headers: Headers = {}): Ask => ({
  method: 'POST',
  query: { uploadId: '{UploadId}' },
  headers,
  body: `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{ETag}</ETag>${checksums}</Part></CompleteMultipartUpload>`,
});
const named = (value: string): string => `<ChecksumCRC32>${value}</ChecksumCRC32>`;

const promised = [create('CRC32'), part(CRC32)];
const bare = [create(), part()];

const CASES: readonly Case[] = [
  { name: 'a type without an algorithm', ask: create(undefined, 'COMPOSITE') },
  { name: 'SHA256 of the whole', ask: create('SHA256', 'FULL_OBJECT') },
  { name: 'CRC64NVME of the parts', ask: create('CRC64NVME', 'COMPOSITE') },
  { name: 'CRC32 of the whole', ask: create('CRC32', 'FULL_OBJECT') },
  { name: 'a bare part', before: [create('CRC32')], ask: part() },
  { name: 'a bare part, of the whole', before: [create('CRC32', 'FULL_OBJECT')], ask: part() },
  { name: 'another algorithm', before: [create('CRC32')], ask: part(SHA256) },
  { name: 'a part with a checksum, none promised', before: [create()], ask: part(CRC32) },
  { name: 'a wrong checksum', before: [create('CRC32')], ask: part({ 'x-amz-checksum-crc32': OTHER }) },
  { name: 'a checksum that is none', before: [create('CRC32')], ask: part({ 'x-amz-checksum-crc32': 'x' }) },
  { name: 'ended with it', before: promised, ask: complete(named(CRC)) },
  { name: 'ended without it', before: promised, ask: complete() },
  { name: 'ended with another', before: promised, ask: complete(named(OTHER)) },
  { name: 'ended with it, none promised', before: bare, ask: complete(named(CRC)) },
  {
    name: 'ended as another type',
    before: promised,
    ask: complete(named(CRC), { 'x-amz-checksum-type': 'FULL_OBJECT' }),
  },
  {
    name: 'ended as a type, none promised',
    before: bare,
    ask: complete('', { 'x-amz-checksum-type': 'COMPOSITE' }),
  },
];

export const UPLOAD_CHECKSUM_CASES: readonly Case[] = CASES.map((one) => ({
  ...one,
  name: `${UPLOAD_CHECKSUMS}: ${one.name}`,
}));

function checksumOf(crc: number): string {
  return Buffer.from(crc.toString(16).padStart(8, '0'), 'hex').toString('base64');
}
