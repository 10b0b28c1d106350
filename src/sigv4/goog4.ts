import { hash } from 'node:crypto';
import { ODD } from '../s3/canonical-value.ts';
import { canonicalPath, canonicalQuery, canonicalValue } from './canonical.ts';
import { UNSIGNED_PAYLOAD } from './payload.ts';
import { SigningKey } from './signing-key.ts';
import { toTimestamp } from './timestamp.ts';
import type { SignBy, ToSign } from './to-sign.ts';

const SERVICE = 'storage';
const TERMINATOR = 'goog4_request';
/** A hop may touch the others. */
const COVERED = /^(?:host|content-type|content-md5|x-goog-.*)$/s;

/**
 * Google's signature by an HMAC key: that of SigV4 in other words. Unverified: written after its documents, and never tried
 * at the service.
 * https://cloud.google.com/storage/docs/authentication/signatures
 *
 * @param request its headers by Google's own names
 * @returns the headers that sign it
 */
export function signGoog4(
  { method, path, headers }: ToSign,
  { credentials, region, now }: Pick<SignBy, 'credentials' | 'region' | 'now'>,
): Record<'authorization' | 'x-goog-content-sha256' | 'x-goog-date', string> {
  const timestamp = toTimestamp(now);
  const own = { 'x-goog-content-sha256': UNSIGNED_PAYLOAD, 'x-goog-date': timestamp };
  const signed: Readonly<Record<string, string>> = { ...headers, ...own };
  const names = Object.keys(signed)
    .filter((name) => COVERED.test(name))
    .toSorted();
  const lines = names.map((name) => {
    const value = signed[name] ?? '';
    return `${name}:${ODD.test(value) ? canonicalValue(name, value, 'blanks') : value}\n`;
  });
  const mark = path.indexOf('?');
  const target = mark < 0 ? [path, ''] : [path.slice(0, mark), path.slice(mark + 1)];
  const canonical = [
    method,
    canonicalPath(target[0] ?? ''),
    canonicalQuery(target[1] ?? ''),
    lines.join(''),
    names.join(';'),
    UNSIGNED_PAYLOAD,
  ].join('\n');
  const scope = { date: timestamp.slice(0, 8), region, service: SERVICE, terminator: TERMINATOR };
  const credential = `${scope.date}/${region}/${SERVICE}/${TERMINATOR}`;
  const digest = hash('sha256', Buffer.from(canonical, 'latin1'));
  const signature = new SigningKey(credentials.secretAccessKey.reveal(), scope, 'GOOG4').sign(
    `GOOG4-HMAC-SHA256\n${timestamp}\n${credential}\n${digest}`,
  );
  return {
    ...own,
    authorization: `GOOG4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  };
}
