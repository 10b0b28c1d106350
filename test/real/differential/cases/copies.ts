import type { Case, Headers } from '../ask.ts';
import { BODY, KEY, keyHeaders, OTHER, sourceKeyHeaders } from './fixtures.ts';

const from = (source: string): Headers => ({ 'x-amz-copy-source': `/{bucket}/fixtures/${source}` });
const fromLong = { ...from('long'), 'x-amz-copy-source-range': `bytes=0-${BODY.length - 1}` };
const NO_TAG = '"00000000000000000000000000000000"';
const PAST = 'Mon, 01 Jan 2001 00:00:00 GMT';
const FUTURE = 'Fri, 01 Jan 2100 00:00:00 GMT';
const put = { method: 'PUT', body: BODY } as const;

/** Source and its key, the copy's key. */
const WAYS: Readonly<Record<string, Headers>> = {
  'plain to plain': from('plain'),
  'plain to sealed': { ...from('plain'), ...keyHeaders(KEY) },
  'plain with a key to plain': { ...from('plain'), ...sourceKeyHeaders(KEY) },
  'sealed to plain': { ...from('sealed'), ...sourceKeyHeaders(KEY) },
  'sealed to sealed': { ...from('sealed'), ...sourceKeyHeaders(KEY), ...keyHeaders(KEY) },
  'sealed to sealed, another key': { ...from('sealed'), ...sourceKeyHeaders(KEY), ...keyHeaders(OTHER) },
  'sealed without its key': { ...from('sealed') },
  'sealed without its key to sealed': { ...from('sealed'), ...keyHeaders(KEY) },
  'sealed with another key': { ...from('sealed'), ...sourceKeyHeaders(OTHER), ...keyHeaders(KEY) },
  'plain to sealed, SSE-S3 beside': {
    ...from('plain'),
    ...keyHeaders(KEY),
    'x-amz-server-side-encryption': 'AES256',
  },
  nothing: { ...from('none') },
  'no such bucket': { 'x-amz-copy-source': '/differential-none/a' },
  'a source without an object': { 'x-amz-copy-source': '/{bucket}' },
  'a source without a slash in front': { 'x-amz-copy-source': '{bucket}/fixtures/plain' },
  'a source that is percent-encoded': { 'x-amz-copy-source': '%2F{bucket}%2Ffixtures%2Fplain' },
  'a version that there is not': { 'x-amz-copy-source': '/{bucket}/fixtures/plain?versionId=none' },
  'replaced metadata': { ...from('plain'), ...keyHeaders(KEY), 'x-amz-metadata-directive': 'REPLACE' },
  'an unknown directive': { ...from('plain'), 'x-amz-metadata-directive': 'KEEP' },
  'an unknown tagging directive': { ...from('plain'), 'x-amz-tagging-directive': 'KEEP' },
  'if-match, another': { ...from('plain'), 'x-amz-copy-source-if-match': NO_TAG },
  'if-none-match, another': { ...from('plain'), 'x-amz-copy-source-if-none-match': NO_TAG },
  'if-modified-since, future': { ...from('plain'), 'x-amz-copy-source-if-modified-since': FUTURE },
  'if-unmodified-since, past': { ...from('plain'), 'x-amz-copy-source-if-unmodified-since': PAST },
};

const onto = (headers: Headers): Headers => ({ 'x-amz-copy-source': '/{bucket}/{key}', ...headers });
const upload = (headers: Headers): Case['ask'] => ({ method: 'POST', query: { uploads: '' }, headers });
const part = (headers: Headers): Case['ask'] => ({
  method: 'PUT',
  query: { partNumber: '1', uploadId: '{UploadId}' },
  headers,
});

const COMPLETION: Case['ask'] = {
  method: 'POST',
  query: { uploadId: '{UploadId}' },
  body: '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{ETag}</ETag></Part></CompleteMultipartUpload>',
};

export const COPY_CASES: readonly Case[] = [
  ...Object.entries(WAYS).map(([name, headers]) => ({
    name: `copy ${name}`,
    ask: { method: 'PUT' as const, headers },
  })),
  { name: 'copy plain onto itself', before: [put], ask: { method: 'PUT', headers: onto({}) } },
  {
    name: 'copy plain onto itself, sealing',
    before: [put],
    ask: { method: 'PUT', headers: onto(keyHeaders(KEY)) },
  },
  {
    name: 'copy plain onto itself, replacing metadata',
    before: [put],
    ask: { method: 'PUT', headers: onto({ 'x-amz-metadata-directive': 'REPLACE' }) },
  },
  {
    name: 'copy sealed onto itself, another key',
    before: [{ ...put, headers: keyHeaders(KEY) }],
    ask: { method: 'PUT', headers: onto({ ...sourceKeyHeaders(KEY), ...keyHeaders(OTHER) }) },
  },
  { name: 'part copy plain to plain', before: [upload({})], ask: part(from('plain')) },
  {
    name: 'part copy plain to sealed',
    before: [upload(keyHeaders(KEY))],
    ask: part({ ...from('plain'), ...keyHeaders(KEY) }),
  },
  {
    name: 'part copy plain to sealed, without its key',
    before: [upload(keyHeaders(KEY))],
    ask: part(from('plain')),
  },
  {
    name: 'part copy sealed to sealed',
    before: [upload(keyHeaders(KEY))],
    ask: part({ ...from('sealed'), ...sourceKeyHeaders(KEY), ...keyHeaders(KEY) }),
  },
  {
    name: 'part copy sealed to sealed, another key',
    before: [upload(keyHeaders(OTHER))],
    ask: part({ ...fromLong, ...sourceKeyHeaders(KEY), ...keyHeaders(OTHER) }),
  },
  {
    name: 'part copy sealed without its key',
    before: [upload(keyHeaders(KEY))],
    ask: part({ ...from('sealed'), ...keyHeaders(KEY) }),
  },
  {
    name: 'part copy sealed with another key',
    before: [upload(keyHeaders(KEY))],
    ask: part({ ...from('sealed'), ...sourceKeyHeaders(OTHER), ...keyHeaders(KEY) }),
  },
  ...['bytes=0-9', 'bytes=0-5000', 'bytes=5-4', 'bytes=990-', '0-9', 'x'].map((range) => ({
    name: `part copy range ${range}`,
    before: [upload({})],
    ask: part({ ...from('plain'), 'x-amz-copy-source-range': range }),
  })),
  {
    name: 'get: a copy under another key',
    before: [
      { method: 'PUT', headers: { ...from('sealed'), ...sourceKeyHeaders(KEY), ...keyHeaders(OTHER) } },
    ],
    ask: { method: 'GET', headers: keyHeaders(OTHER) },
  },
  {
    name: 'get: a copied part under another key',
    before: [
      upload(keyHeaders(OTHER)),
      part({ ...fromLong, ...sourceKeyHeaders(KEY), ...keyHeaders(OTHER) }),
      COMPLETION,
    ],
    ask: { method: 'GET', headers: keyHeaders(OTHER) },
  },
];
