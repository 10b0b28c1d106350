import type { Ask, Case, Headers } from '../ask.ts';
import { BODY, KEY, keyHeaders, OTHER } from './fixtures.ts';

const create = (headers: Headers = {}): Ask => ({ method: 'POST', query: { uploads: '' }, headers });
const part = (headers: Headers = {}, partNumber = '1'): Ask => ({
  method: 'PUT',
  query: { partNumber, uploadId: '{UploadId}' },
  headers,
  body: BODY,
});
const complete = (headers: Headers = {}, parts = one('1')): Ask => ({
  method: 'POST',
  query: { uploadId: '{UploadId}' },
  headers,
  body: `<CompleteMultipartUpload>${parts}</CompleteMultipartUpload>`,
});
const one = (number: string, etag = '{ETag}'): string =>
  `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`;
const sealedPart = [create(keyHeaders(KEY)), part(keyHeaders(KEY))];
const plainPart = [create(), part()];
const list = (headers: Headers = {}): Ask => ({ method: 'GET', query: { uploadId: '{UploadId}' }, headers });

export const MULTIPART_CASES: readonly Case[] = [
  { name: 'create upload: a key', ask: create(keyHeaders(KEY)) },
  { name: 'create upload: plain', ask: create() },
  {
    name: 'create upload: SSE-S3 beside the key',
    ask: create({ ...keyHeaders(KEY), 'x-amz-server-side-encryption': 'AES256' }),
  },
  {
    name: 'create upload: an unknown checksum',
    ask: create({ ...keyHeaders(KEY), 'x-amz-checksum-algorithm': 'BLAKE3' }),
  },
  { name: 'part: its key', before: [create(keyHeaders(KEY))], ask: part(keyHeaders(KEY)) },
  { name: 'part: without a key', before: [create(keyHeaders(KEY))], ask: part() },
  { name: 'part: another key', before: [create(keyHeaders(KEY))], ask: part(keyHeaders(OTHER)) },
  { name: 'part: a key, of a plain upload', before: [create()], ask: part(keyHeaders(KEY)) },
  { name: 'part: plain', before: [create()], ask: part() },
  { name: 'part: no such upload', ask: { ...part(), query: { partNumber: '1', uploadId: 'none' } } },
  { name: 'part: number 0', before: [create()], ask: part({}, '0') },
  { name: 'part: number 10000', before: [create()], ask: part({}, '10000') },
  { name: 'part: number 10001', before: [create()], ask: part({}, '10001') },
  { name: 'part: number x', before: [create()], ask: part({}, 'x') },
  {
    name: 'part: Content-MD5, wrong',
    before: [create(keyHeaders(KEY))],
    ask: part({ ...keyHeaders(KEY), 'content-md5': Buffer.alloc(16).toString('base64') }),
  },
  {
    name: 'part: CRC32, wrong',
    before: [create(keyHeaders(KEY))],
    ask: part({ ...keyHeaders(KEY), 'x-amz-checksum-crc32': 'AAAAAA==' }),
  },
  { name: 'complete: without a key', before: sealedPart, ask: complete(), leaves: true },
  { name: 'complete: its key', before: sealedPart, ask: complete(keyHeaders(KEY)), leaves: true },
  { name: 'complete: another key', before: sealedPart, ask: complete(keyHeaders(OTHER)), leaves: true },
  {
    name: 'complete: a key, of a plain upload',
    before: plainPart,
    ask: complete(keyHeaders(KEY)),
    leaves: true,
  },
  { name: 'complete: plain', before: plainPart, ask: complete(), leaves: true },
  { name: 'complete: another tag', before: sealedPart, ask: complete({}, one('1', '"0"')), leaves: true },
  {
    name: 'complete: no tag',
    before: sealedPart,
    ask: complete({}, '<Part><PartNumber>1</PartNumber></Part>'),
  },
  {
    name: 'complete: a part that there is not',
    before: sealedPart,
    ask: complete({}, one('2')),
    leaves: true,
  },
  { name: 'complete: no parts', before: sealedPart, ask: complete({}, ''), leaves: true },
  {
    name: 'complete: parts in the wrong order',
    before: [create(keyHeaders(KEY)), part(keyHeaders(KEY), '2'), part(keyHeaders(KEY), '1')],
    ask: complete({}, one('2', '{ETag1}') + one('1', '{ETag2}')),
    leaves: true,
  },
  {
    name: 'complete: a first part that is too small',
    before: [create(), part({}, '2'), part({}, '1')],
    ask: complete({}, one('1', '{ETag2}') + one('2', '{ETag1}')),
    leaves: true,
  },
  { name: 'complete: not XML', before: sealedPart, ask: { ...complete(), body: 'hello' }, leaves: true },
  { name: 'complete: no such upload', ask: { ...complete(), query: { uploadId: 'none' } } },
  { name: 'complete: twice', before: [...sealedPart, complete()], ask: complete() },
  {
    name: 'complete: If-None-Match *, over an object',
    before: [{ method: 'PUT', body: BODY }, ...sealedPart],
    ask: complete({ 'if-none-match': '*' }),
    leaves: true,
  },
  {
    name: 'get: an object of parts',
    before: [...sealedPart, complete()],
    ask: { method: 'GET', headers: keyHeaders(KEY) },
    shows: ['content-length'],
  },
  {
    name: 'get: an object of parts, another key',
    before: [...sealedPart, complete()],
    ask: { method: 'GET', headers: keyHeaders(OTHER) },
  },
  {
    name: 'get: part 1 of an object of parts',
    before: [...sealedPart, complete()],
    ask: { method: 'GET', query: { partNumber: '1' }, headers: keyHeaders(KEY) },
    shows: ['content-range'],
  },
  { name: 'list parts: without a key', before: sealedPart, ask: list(), shows: ['PartNumber', 'Size'] },
  {
    name: 'list parts: its key',
    before: sealedPart,
    ask: list(keyHeaders(KEY)),
    shows: ['PartNumber', 'Size'],
  },
  {
    name: 'list parts: another key',
    before: sealedPart,
    ask: list(keyHeaders(OTHER)),
    shows: ['PartNumber'],
  },
  { name: 'list parts: no such upload', ask: { ...list(), query: { uploadId: 'none' } } },
  {
    name: 'abort',
    before: sealedPart,
    ask: { method: 'DELETE', query: { uploadId: '{UploadId}' } },
    leaves: true,
  },
  { name: 'abort: no such upload', ask: { method: 'DELETE', query: { uploadId: 'none' } } },
];
