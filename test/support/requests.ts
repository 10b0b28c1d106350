import fc from 'fast-check';
import { encodeComponent, encodePath } from '../../src/s3/percent.ts';
import { bucketNames, objectKeys, queryText } from './arbitrary.ts';
import { onWire } from './headers.ts';
import type { Sent } from './signed.ts';
import type { Unsigned } from './signers.ts';

/** A request in decoded form, to be encoded, signed and tampered with. */
export interface Meant {
  readonly method: string;
  readonly bucket: string;
  readonly objectKey: string;
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly metadata: string;
  readonly payloadHash: string;
}

/** The signers fold whatever JavaScript calls a space; on the wire only spaces and tabs are. */
const EXOTIC_SPACES = /[^\S \t]/;

const headerText: fc.Arbitrary<string> = fc
  .array(
    fc.constantFrom('a', 'B', '7', ' ', '  ', '\t', 'é', 'à', '日本', '😀', '"', ',', ';', ':', '=', '%41'),
    {
      maxLength: 20,
    },
  )
  .map((parts) => parts.join('').replace(/^[ \t]+|[ \t]+$/g, ''))
  .filter((text) => !EXOTIC_SPACES.test(text));

export const meantRequests: fc.Arbitrary<Meant> = fc.record({
  method: fc.constantFrom('GET', 'PUT', 'HEAD', 'POST', 'DELETE'),
  bucket: bucketNames,
  objectKey: objectKeys,
  query: fc.uniqueArray(
    fc.tuple(
      queryText.filter((name) => name !== '' && name !== 'Signature'),
      queryText,
    ),
    { selector: ([name]) => name, maxLength: 4 },
  ),
  metadata: headerText,
  payloadHash: fc.oneof(
    fc.constant('UNSIGNED-PAYLOAD'),
    fc
      .array(fc.constantFrom(...'0123456789abcdef'.split('')), { minLength: 64, maxLength: 64 })
      .map((digits) => digits.join('')),
  ),
});

const HOST = '127.0.0.1:8443';

export function unsigned({ method, bucket, objectKey, query, metadata, payloadHash }: Meant): Unsigned {
  return {
    method,
    path: `/${bucket}/${encodePath(objectKey)}`,
    query: Object.fromEntries(query),
    headers: {
      host: HOST,
      'content-type': 'text/plain; charset=utf-8',
      'x-amz-content-sha256': payloadHash,
      'x-amz-meta-text': metadata,
    },
  };
}

/** The request on the wire, with the fields that a signer made. */
export function sent({ method, path, query }: Unsigned, headers: Readonly<Record<string, string>>): Sent {
  const pairs = Object.entries(query).map(
    ([name, value]) => `${encodeComponent(name)}=${encodeComponent(value)}`,
  );
  return {
    method,
    rawTarget: pairs.length === 0 ? path : `${path}?${pairs.join('&')}`,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, onWire(value)])),
  };
}
