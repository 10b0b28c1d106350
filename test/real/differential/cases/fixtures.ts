import { createHash } from 'node:crypto';
import type { Ask, Headers } from '../ask.ts';

/** What every object holds where nothing else is said: 1000 bytes, no ten of them alike. */
export const BODY = Array.from({ length: 100 }, (_, n) => `line ${String(n).padStart(4, '0')}\n`).join('');

interface TestKey {
  readonly base64: string;
  readonly md5: string;
}

export const KEY = testKey('one');
export const OTHER = testKey('two');

function testKey(name: string): TestKey {
  return keyOf(createHash('sha256').update(`differential ${name}`).digest());
}

export function keyOf(bytes: Buffer): TestKey {
  return { base64: bytes.toString('base64'), md5: createHash('md5').update(bytes).digest('base64') };
}

const SSEC_PREFIX = 'x-amz-server-side-encryption-customer-';
const SOURCE = 'x-amz-copy-source-server-side-encryption-customer-';

/** The three headers of a key; of some of them others may be said, `undefined` drops one. */
export function keyHeaders(key: TestKey, faults: Partial<KeyHeaders> = {}): Headers {
  return headersOf(SSEC_PREFIX, key, faults);
}

export function sourceKeyHeaders(key: TestKey, faults: Partial<KeyHeaders> = {}): Headers {
  return headersOf(SOURCE, key, faults);
}

export interface KeyHeaders {
  readonly algorithm: string | undefined;
  readonly key: string | readonly string[] | undefined;
  readonly md5: string | undefined;
}

function headersOf(prefix: string, key: TestKey, faults: Partial<KeyHeaders>): Headers {
  const said: KeyHeaders = { algorithm: 'AES256', key: key.base64, md5: key.md5, ...faults };
  const fields: readonly (readonly [string, string | readonly string[] | undefined])[] = [
    ['algorithm', said.algorithm],
    ['key', said.key],
    ['key-md5', said.md5],
  ];
  const there = fields.flatMap(([name, value]) =>
    value === undefined ? [] : ([[prefix + name, value]] as const),
  );
  return Object.fromEntries(there);
}

/** Objects that every case may read, and none may change. */
export const PLAIN = { objectKey: 'fixtures/plain' };
export const SEALED = { objectKey: 'fixtures/sealed' };
/** Begins with BODY. Garage copies no part of an object below 3 KiB. */
const LONG = { objectKey: 'fixtures/long' };
export const VERSIONS = 'differential-versions';

const VERSIONING = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>';

export const FIXTURES: readonly Ask[] = [
  { method: 'PUT', at: 'bucket' },
  { method: 'PUT', at: 'bucket', bucket: VERSIONS },
  { method: 'PUT', at: 'bucket', bucket: VERSIONS, query: { versioning: '' }, body: VERSIONING },
  { method: 'PUT', at: PLAIN, body: BODY },
  { method: 'PUT', at: SEALED, headers: keyHeaders(KEY), body: BODY },
  { method: 'PUT', at: LONG, headers: keyHeaders(KEY), body: BODY.repeat(4) },
];
