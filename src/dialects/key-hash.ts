import { createHash } from 'node:crypto';
import type { Dialect } from './dialect.ts';
import { ownName } from './names.ts';

const KEYS = [
  'x-amz-server-side-encryption-customer-key',
  'x-amz-copy-source-server-side-encryption-customer-key',
] as const;

/**
 * What names the SSE-C keys of a request as it went out, in a dialect with another hash than MD5 → their MD5, which is
 * internal.
 */
export function keyNamesOf(
  sent: Readonly<Record<string, string>>,
  dialect: Dialect,
): ReadonlyMap<string, string> {
  const named = new Map<string, string>();
  if (dialect.keyHash === 'md5') return named;
  for (const name of KEYS) {
    const ssecKey = sent[ownName(name, dialect)];
    if (ssecKey === undefined) continue;
    const [own = '', md5 = ''] = [dialect.keyHash, 'md5'].map((by) => hashOf(ssecKey, by));
    named.set(own, md5);
  }
  return named;
}

/** What names the SSE-C keys of these headers in a dialect with another hash than MD5: own name → value. */
export function keyHashes(
  headers: Readonly<Record<string, string>>,
  dialect: Dialect,
): Record<string, string> {
  const made: Record<string, string> = {};
  for (const name of KEYS) {
    const ssecKey = headers[name];
    if (ssecKey === undefined) continue;
    made[ownName(`${name}-md5`, dialect)] = hashOf(ssecKey, dialect.keyHash);
  }
  return made;
}

function hashOf(ssecKey: string, by: string): string {
  const bytes = Buffer.from(ssecKey, 'base64');
  const digest = createHash(by).update(bytes).digest('base64');
  bytes.fill(0);
  return digest;
}
