import type { Ask, Case, Headers } from '../ask.ts';
import {
  BODY,
  KEY,
  type KeyHeaders,
  keyHeaders,
  keyOf,
  OTHER,
  PLAIN,
  SEALED,
  sourceKeyHeaders,
} from './fixtures.ts';

const short = keyOf(Buffer.from(KEY.base64, 'base64').subarray(0, 16));
const long = keyOf(Buffer.concat([Buffer.from(KEY.base64, 'base64'), Buffer.from('x')]));

/** What may be wrong with the three headers. */
const FAULTS: Readonly<Record<string, Partial<KeyHeaders>>> = {
  'no algorithm': { algorithm: undefined },
  'no key': { key: undefined },
  'no MD5': { md5: undefined },
  'the algorithm alone': { key: undefined, md5: undefined },
  'the key alone': { algorithm: undefined, md5: undefined },
  'the MD5 alone': { algorithm: undefined, key: undefined },
  'a key of 16 bytes': { key: short.base64, md5: short.md5 },
  'a key of 33 bytes': { key: long.base64, md5: long.md5 },
  'a key that is not base64': { key: `${KEY.base64.slice(0, -2)}!=` },
  'a key without padding': { key: KEY.base64.replace(/=+$/, '') },
  'an empty key': { key: '' },
  'three empty headers': { algorithm: '', key: '', md5: '' },
  'two keys': { key: [KEY.base64, OTHER.base64] },
  'the MD5 of another key': { md5: OTHER.md5 },
  'an MD5 that is not base64': { md5: 'no base64!' },
  'the MD5 in hexadecimal': { md5: Buffer.from(KEY.md5, 'base64').toString('hex') },
  'an empty MD5': { md5: '' },
  AES128: { algorithm: 'AES128' },
  aes256: { algorithm: 'aes256' },
  'aws:kms': { algorithm: 'aws:kms' },
  'an empty algorithm': { algorithm: '' },
};

/** Where the three headers may stand. */
const PLACES: Readonly<Record<string, (headers: Headers) => Pick<Case, 'ask' | 'before'>>> = {
  put: (headers) => ({ ask: { method: 'PUT', headers, body: BODY } }),
  'get sealed': (headers) => ({ ask: { method: 'GET', at: SEALED, headers } }),
  'head sealed': (headers) => ({ ask: { method: 'HEAD', at: SEALED, headers } }),
  'get plain': (headers) => ({ ask: { method: 'GET', at: PLAIN, headers } }),
  'create upload': (headers) => ({ ask: { method: 'POST', query: { uploads: '' }, headers } }),
  'upload part': (headers) => ({
    before: [{ method: 'POST', query: { uploads: '' }, headers: keyHeaders(KEY) }],
    ask: { method: 'PUT', query: { partNumber: '1', uploadId: '{UploadId}' }, headers, body: BODY },
  }),
  'copy from plain': (headers) => ({ ask: copyOf('plain', headers) }),
};

function copyOf(source: string, headers: Headers): Ask {
  return { method: 'PUT', headers: { 'x-amz-copy-source': `/{bucket}/fixtures/${source}`, ...headers } };
}

export const KEY_HEADER_CASES: readonly Case[] = Object.entries(FAULTS).flatMap(([fault, said]) => [
  ...Object.entries(PLACES).map(([place, caseOf]) => ({
    name: `${place}: ${fault}`,
    ...caseOf(keyHeaders(KEY, said)),
  })),
  {
    name: `copy from sealed: ${fault} of the source`,
    ask: copyOf('sealed', { ...sourceKeyHeaders(KEY, said), ...keyHeaders(OTHER) }),
  },
]);
