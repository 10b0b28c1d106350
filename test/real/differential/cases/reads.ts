import type { Case, Headers } from '../ask.ts';
import { KEY, keyHeaders, OTHER, PLAIN, SEALED } from './fixtures.ts';

const RANGES = [
  '0-9',
  '990-',
  '-10',
  '-2000',
  '0-5000',
  '995-5000',
  '1000-',
  '5-4',
  '-0',
  '0-9,20-29',
  'x',
  '-',
];

const known = [{ method: 'HEAD', at: SEALED, headers: keyHeaders(KEY) }] as const;
const PAST = 'Mon, 01 Jan 2001 00:00:00 GMT';
const FUTURE = 'Fri, 01 Jan 2100 00:00:00 GMT';
const NO_TAG = '"00000000000000000000000000000000"';

const CONDITIONS: Readonly<Record<string, Headers>> = {
  'If-Match, its tag': { 'if-match': '{ETag}' },
  'If-Match, another': { 'if-match': NO_TAG },
  'If-Match, *': { 'if-match': '*' },
  'If-Match, two of which one is its tag': { 'if-match': `${NO_TAG}, {ETag}` },
  'If-Match, weak': { 'if-match': 'W/{ETag}' },
  'If-None-Match, its tag': { 'if-none-match': '{ETag}' },
  'If-None-Match, another': { 'if-none-match': NO_TAG },
  'If-None-Match, *': { 'if-none-match': '*' },
  'If-None-Match, weak': { 'if-none-match': 'W/{ETag}' },
  'If-Modified-Since, long ago': { 'if-modified-since': PAST },
  'If-Modified-Since, in the future': { 'if-modified-since': FUTURE },
  'If-Unmodified-Since, long ago': { 'if-unmodified-since': PAST },
  'If-Unmodified-Since, in the future': { 'if-unmodified-since': FUTURE },
  'If-Match, its tag, and If-Unmodified-Since, long ago': {
    'if-match': '{ETag}',
    'if-unmodified-since': PAST,
  },
  'If-None-Match, another, and If-Modified-Since, in the future': {
    'if-none-match': NO_TAG,
    'if-modified-since': FUTURE,
  },
};

export const READ_CASES: readonly Case[] = [
  {
    name: 'get sealed',
    ask: { method: 'GET', at: SEALED, headers: keyHeaders(KEY) },
    shows: ['content-length'],
  },
  {
    name: 'head sealed',
    ask: { method: 'HEAD', at: SEALED, headers: keyHeaders(KEY) },
    shows: ['content-length'],
  },
  { name: 'get sealed: another key', ask: { method: 'GET', at: SEALED, headers: keyHeaders(OTHER) } },
  { name: 'head sealed: another key', ask: { method: 'HEAD', at: SEALED, headers: keyHeaders(OTHER) } },
  { name: 'get sealed: without a key', ask: { method: 'GET', at: SEALED } },
  { name: 'head sealed: without a key', ask: { method: 'HEAD', at: SEALED } },
  { name: 'get plain', ask: { method: 'GET', at: PLAIN }, shows: ['content-length'] },
  { name: 'get plain: a key', ask: { method: 'GET', at: PLAIN, headers: keyHeaders(KEY) } },
  { name: 'head plain: a key', ask: { method: 'HEAD', at: PLAIN, headers: keyHeaders(KEY) } },
  { name: 'get nothing', ask: { method: 'GET' } },
  { name: 'get nothing: a key', ask: { method: 'GET', headers: keyHeaders(KEY) } },
  { name: 'head nothing: a key', ask: { method: 'HEAD', headers: keyHeaders(KEY) } },
  {
    name: 'get sealed: SSE-S3 beside the key',
    ask: {
      method: 'GET',
      at: SEALED,
      headers: { ...keyHeaders(KEY), 'x-amz-server-side-encryption': 'AES256' },
    },
  },
  {
    name: 'get attributes of sealed',
    ask: {
      method: 'GET',
      at: SEALED,
      query: { attributes: '' },
      headers: { ...keyHeaders(KEY), 'x-amz-object-attributes': 'ObjectSize' },
    },
    shows: ['ObjectSize'],
  },
  {
    name: 'get attributes of sealed: without a key',
    ask: {
      method: 'GET',
      at: SEALED,
      query: { attributes: '' },
      headers: { 'x-amz-object-attributes': 'ObjectSize' },
    },
  },
  {
    name: 'get attributes of sealed: another key',
    ask: {
      method: 'GET',
      at: SEALED,
      query: { attributes: '' },
      headers: { ...keyHeaders(OTHER), 'x-amz-object-attributes': 'ObjectSize' },
    },
  },
  ...RANGES.map((range) => ({
    name: `get sealed: range ${range}`,
    ask: { method: 'GET' as const, at: SEALED, headers: { ...keyHeaders(KEY), range: `bytes=${range}` } },
    shows: ['content-range', 'content-length'],
  })),
  ...Object.entries(CONDITIONS).flatMap(([condition, headers]) => [
    {
      name: `get sealed: ${condition}`,
      before: known,
      ask: { method: 'GET' as const, at: SEALED, headers: { ...keyHeaders(KEY), ...headers } },
    },
    {
      name: `get sealed without a key: ${condition}`,
      before: known,
      ask: { method: 'GET' as const, at: SEALED, headers },
    },
  ]),
];
