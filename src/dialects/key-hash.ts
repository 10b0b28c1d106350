import { createHash } from 'node:crypto';
import type { Dialect } from './dialect.ts';
import { ownName } from './names.ts';

const KEYS = [
  'x-amz-server-side-encryption-customer-key',
  'x-amz-copy-source-server-side-encryption-customer-key',
] as const;

/** What names the SSE-C keys of these headers in a dialect with another hash than MD5: own name → value. */
export function keyHashes(
  headers: Readonly<Record<string, string>>,
  dialect: Dialect,
): Record<string, string> {
  const made: Record<string, string> = {};
  for (const name of KEYS) {
    const ssecKey = headers[name];
    if (ssecKey === undefined) continue;
    const bytes = Buffer.from(ssecKey, 'base64');
    made[ownName(`${name}-md5`, dialect)] = createHash(dialect.keyHash).update(bytes).digest('base64');
    bytes.fill(0);
  }
  return made;
}
