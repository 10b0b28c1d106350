import type { Case } from '../ask.ts';
import { BODY, KEY, keyHeaders } from './fixtures.ts';

const OBJECT_KEYS: Readonly<Record<string, string>> = {
  'two slashes': 'names//double',
  'a slash in front': '/names/leading',
  'a slash behind': 'names/trailing/',
  'a dot as a segment': 'names/./dot',
  'two dots as a segment': 'names/../dots',
  'two dots in front': '../dots',
  'spaces and signs': 'names/a b+c&d=e?f#g%h',
  'what looks encoded': 'names/%2F%20',
  unicode: 'names/ä日本😀',
  'a line break': 'names/a\nb',
  'a control character': 'names/a\u0001b',
  'a backslash': 'names/a\\b',
  '1024 bytes': `names/${'x'.repeat(200)}/${'y'.repeat(200)}/${'z'.repeat(200)}/${'v'.repeat(200)}/${'w'.repeat(214)}`,
  '1025 bytes': `names/${'x'.repeat(200)}/${'y'.repeat(200)}/${'z'.repeat(200)}/${'v'.repeat(200)}/${'w'.repeat(215)}`,
  'a segment of 255 bytes': `names/${'s'.repeat(255)}`,
  'a segment of 256 bytes': `names/${'s'.repeat(256)}`,
};

const RAW: Readonly<Record<string, string>> = {
  'an encoded slash': 'names%2Fencoded',
  'a plus': 'names/a+b',
  'bytes that are not UTF-8': 'names/%FF',
  'a zero byte': 'names/%00',
  'lower-case hex': 'names/%c3%a4lower',
};

const BUCKETS = [
  'ab',
  'Capital',
  'under_score',
  'a..b',
  '-dash',
  '192.168.1.1',
  'x'.repeat(64),
  'differential',
];

export const NAME_CASES: readonly Case[] = [
  ...Object.entries(OBJECT_KEYS).flatMap(([name, objectKey]) => [
    {
      name: `object key with ${name}: put`,
      ask: { method: 'PUT' as const, at: { objectKey }, headers: keyHeaders(KEY), body: BODY },
    },
    {
      name: `object key with ${name}: get`,
      ask: { method: 'GET' as const, at: { objectKey }, headers: keyHeaders(KEY) },
    },
  ]),
  ...Object.entries(RAW).map(([name, rawPath]) => ({
    name: `object key with ${name}: put`,
    ask: { method: 'PUT' as const, at: { rawPath }, headers: keyHeaders(KEY), body: BODY },
  })),
  {
    name: 'object key with an encoded slash: get',
    ask: { method: 'GET', at: { objectKey: 'names/encoded' }, headers: keyHeaders(KEY) },
  },
  {
    name: 'object key with two slashes folded: get',
    ask: { method: 'GET', at: { objectKey: 'names/double' }, headers: keyHeaders(KEY) },
  },
  {
    name: 'object key with a slash in front folded: get',
    ask: { method: 'GET', at: { objectKey: 'names/leading' }, headers: keyHeaders(KEY) },
  },
  {
    name: 'object key with a dot folded: get',
    ask: { method: 'GET', at: { objectKey: 'names/dot' }, headers: keyHeaders(KEY) },
  },
  {
    name: 'object keys in a list',
    ask: {
      method: 'GET',
      at: 'bucket',
      query: { 'list-type': '2', prefix: 'names/a', 'encoding-type': 'url' },
    },
    shows: ['Key'],
  },
  ...BUCKETS.map((bucket) => ({
    name: `create bucket ${bucket.length > 60 ? 'of 64 bytes' : bucket}`,
    ask: { method: 'PUT' as const, at: 'bucket' as const, bucket },
  })),
];
