import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Case, Headers } from '../ask.ts';
import { BODY, KEY, keyHeaders, PLAIN, SEALED } from './fixtures.ts';

const NO_TAG = '"00000000000000000000000000000000"';
const digest = (algorithm: string, of: string): string => createHash(algorithm).update(of).digest('base64');
const crcOf = (text: string): string => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(text));
  return bytes.toString('base64');
};
const sdk = 'x-amz-sdk-checksum-algorithm';

/** What goes with a body, and whether it fits. */
const HASHES: Readonly<Record<string, Headers>> = {
  'Content-MD5, right': { 'content-md5': digest('md5', BODY) },
  'Content-MD5, wrong': { 'content-md5': digest('md5', 'another') },
  'Content-MD5, not base64': { 'content-md5': 'not base64!' },
  'Content-MD5, of 15 bytes': { 'content-md5': Buffer.alloc(15).toString('base64') },
  'Content-MD5, empty': { 'content-md5': '' },
  'CRC32, right': { 'x-amz-checksum-crc32': crcOf(BODY) },
  'CRC32, wrong': { 'x-amz-checksum-crc32': crcOf('another') },
  'CRC32, of 3 bytes': { 'x-amz-checksum-crc32': 'AAAA' },
  'CRC32, not base64': { 'x-amz-checksum-crc32': '*' },
  'CRC32, empty': { 'x-amz-checksum-crc32': '' },
  'CRC32C, wrong': { 'x-amz-checksum-crc32c': crcOf('another') },
  'CRC64NVME, wrong': { 'x-amz-checksum-crc64nvme': Buffer.alloc(8).toString('base64') },
  'SHA1, right': { 'x-amz-checksum-sha1': digest('sha1', BODY) },
  'SHA1, wrong': { 'x-amz-checksum-sha1': digest('sha1', 'another') },
  'SHA256, right': { 'x-amz-checksum-sha256': digest('sha256', BODY) },
  'SHA256, wrong': { 'x-amz-checksum-sha256': digest('sha256', 'another') },
  'a checksum that nobody knows': { 'x-amz-checksum-blake3': digest('sha256', BODY) },
  'two checksums': { 'x-amz-checksum-crc32': crcOf(BODY), 'x-amz-checksum-sha1': digest('sha1', BODY) },
  'CRC32 announced, none there': { [sdk]: 'CRC32' },
  'CRC32 announced, SHA1 there': { [sdk]: 'CRC32', 'x-amz-checksum-sha1': digest('sha1', BODY) },
};

const MANAGED: Readonly<Record<string, Headers>> = {
  'SSE-S3': { 'x-amz-server-side-encryption': 'AES256' },
  'SSE-KMS': { 'x-amz-server-side-encryption': 'aws:kms' },
  'a KMS key': { 'x-amz-server-side-encryption-aws-kms-key-id': 'some' },
  'a KMS context': { 'x-amz-server-side-encryption-context': 'e30=' },
  'a bucket key': { 'x-amz-server-side-encryption-bucket-key-enabled': 'true' },
  'an unknown encryption': { 'x-amz-server-side-encryption': 'rot13' },
};

const put = { method: 'PUT', body: BODY } as const;

export const WRITE_CASES: readonly Case[] = [
  { name: 'put: a key', ask: { ...put, headers: keyHeaders(KEY) } },
  { name: 'put: without a key', ask: put },
  { name: 'put: empty, a key', ask: { method: 'PUT', headers: keyHeaders(KEY) } },
  {
    name: 'put: no such bucket',
    ask: { ...put, bucket: 'differential-none', headers: keyHeaders(KEY) },
    leaves: false,
  },
  { name: 'put: hash of another body', ask: { ...put, headers: keyHeaders(KEY), payload: 'a'.repeat(64) } },
  { name: 'put: hash in capitals', ask: { ...put, payload: 'A'.repeat(64) } },
  { name: 'put: UNSIGNED-PAYLOAD', ask: { ...put, headers: keyHeaders(KEY), payload: 'UNSIGNED-PAYLOAD' } },
  { name: 'put: a hash that is none', ask: { ...put, headers: keyHeaders(KEY), payload: 'hello' } },
  {
    name: 'put: chunked, without a length',
    ask: {
      ...put,
      headers: { ...keyHeaders(KEY), 'transfer-encoding': 'chunked' },
      payload: 'UNSIGNED-PAYLOAD',
    },
  },
  ...Object.entries(HASHES).map(([name, headers]) => ({
    name: `put: ${name}`,
    ask: { ...put, headers: { ...keyHeaders(KEY), ...headers } },
  })),
  ...Object.entries(MANAGED).map(([name, headers]) => ({
    name: `put: ${name} beside the key`,
    ask: { ...put, headers: { ...keyHeaders(KEY), ...headers } },
  })),
  ...['if-none-match', 'if-match'].flatMap((condition) => [
    {
      name: `put over nothing: ${condition} *`,
      ask: { ...put, headers: { ...keyHeaders(KEY), [condition]: '*' } },
    },
    {
      name: `put over nothing: ${condition} a tag`,
      ask: { ...put, headers: { ...keyHeaders(KEY), [condition]: NO_TAG } },
    },
    {
      name: `put over an object: ${condition} *`,
      before: [put],
      ask: { ...put, headers: { ...keyHeaders(KEY), [condition]: '*' } },
    },
    {
      name: `put over an object: ${condition} its tag`,
      before: [put],
      ask: { ...put, headers: { ...keyHeaders(KEY), [condition]: '{ETag}' } },
    },
    ...['*', '{ETag}', NO_TAG].map((tag) => ({
      name: `put over a sealed object: ${condition} ${tag === NO_TAG ? 'another tag' : tag === '*' ? '*' : 'its tag'}`,
      before: [{ ...put, headers: keyHeaders(KEY) }],
      ask: { ...put, headers: { ...keyHeaders(KEY), [condition]: tag } },
    })),
    {
      name: `put over an object: ${condition} another tag`,
      before: [put],
      ask: { ...put, headers: { ...keyHeaders(KEY), [condition]: NO_TAG } },
    },
  ]),
  {
    name: 'put: metadata of 3000 bytes',
    ask: { ...put, headers: { ...keyHeaders(KEY), 'x-amz-meta-long': 'x'.repeat(3000) } },
  },
  { name: 'put: tags', ask: { ...put, headers: { ...keyHeaders(KEY), 'x-amz-tagging': 'a=1&b=2' } } },
  {
    name: 'put: the same tag twice',
    ask: { ...put, headers: { ...keyHeaders(KEY), 'x-amz-tagging': 'a=1&a=2' } },
  },
  {
    name: 'put: eleven tags',
    ask: {
      ...put,
      headers: {
        ...keyHeaders(KEY),
        'x-amz-tagging': Array.from({ length: 11 }, (_, n) => `t${n}=1`).join('&'),
      },
    },
  },
  {
    name: 'put: a storage class that nobody knows',
    ask: { ...put, headers: { ...keyHeaders(KEY), 'x-amz-storage-class': 'NOWHERE' } },
  },
  {
    name: 'put: a canned ACL that nobody knows',
    ask: { ...put, headers: { ...keyHeaders(KEY), 'x-amz-acl': 'everybody' } },
  },
  {
    name: 'delete: sealed, without a key',
    before: [{ ...put, headers: keyHeaders(KEY) }],
    ask: { method: 'DELETE' },
    leaves: true,
  },
  {
    name: 'delete: sealed, another key',
    before: [{ ...put, headers: keyHeaders(KEY) }],
    ask: { method: 'DELETE', headers: keyHeaders(KEY) },
    leaves: true,
  },
  {
    name: 'delete: an empty uploadId',
    before: [put],
    ask: { method: 'DELETE', query: { uploadId: '' } },
    leaves: true,
  },
  { name: 'delete: nothing', ask: { method: 'DELETE' } },
  { name: 'get tags of sealed, without a key', ask: { method: 'GET', at: SEALED, query: { tagging: '' } } },
  {
    name: 'put tags on sealed, without a key',
    before: [{ ...put, headers: keyHeaders(KEY) }],
    ask: {
      method: 'PUT',
      query: { tagging: '' },
      body: '<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>',
    },
    leaves: true,
  },
  {
    name: 'put tags: not XML',
    before: [put],
    ask: { method: 'PUT', query: { tagging: '' }, body: 'hello' },
  },
  {
    name: 'delete tags of sealed, without a key',
    before: [{ ...put, headers: keyHeaders(KEY) }],
    ask: { method: 'DELETE', query: { tagging: '' } },
  },
  { name: 'get ACL of sealed, without a key', ask: { method: 'GET', at: SEALED, query: { acl: '' } } },
  ...['annotation', 'renameObject', 'encryption', 'unknown'].map((query) => ({
    name: `put ?${query}`,
    ask: { ...put, query: { [query]: '' } },
    leaves: true,
  })),
  { name: 'delete objects: no digest', ask: deletion({}) },
  { name: 'delete objects: Content-MD5', ask: deletion({ 'content-md5': digest('md5', DELETE()) }) },
  { name: 'delete objects: Content-MD5, wrong', ask: deletion({ 'content-md5': digest('md5', 'another') }) },
  { name: 'delete objects: SHA256', ask: deletion({ 'x-amz-checksum-sha256': digest('sha256', DELETE()) }) },
  { name: 'delete objects: not XML', ask: { ...deletion({ 'content-md5': digest('md5', 'x') }), body: 'x' } },
  { name: 'put over plain: a key', before: [put], ask: { ...put, headers: keyHeaders(KEY) } },
  { name: 'get plain: after all', ask: { method: 'GET', at: PLAIN } },
];

function DELETE(): string {
  return '<Delete><Object><Key>nothing-here</Key></Object></Delete>';
}

function deletion(headers: Headers): Case['ask'] {
  return { method: 'POST', at: 'bucket', query: { delete: '' }, headers, body: DELETE() };
}
