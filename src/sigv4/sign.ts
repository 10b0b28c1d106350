import { ODD } from '../s3/canonical-value.ts';
import { encodeComponent } from '../s3/percent.ts';
import { authorizationByAws4 } from './aws4.ts';
import { canonicalPath, canonicalQuery, canonicalValue, labelOf, textToSign } from './canonical.ts';
import { UNSIGNED_PAYLOAD } from './payload.ts';
import { joinedNames } from './signed-names.ts';
import { type ScopedKey, scopedKey } from './signing-keys.ts';
import { toTimestamp } from './timestamp.ts';
import type { SignBy, ToSign } from './to-sign.ts';

export interface Signature {
  readonly authorization: string;
  readonly 'x-amz-date': string;
}

/**
 * Signs a request for the upstream: SigV4 in the header form. The date is always `now`, whatever `x-amz-date` the request
 * has.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 *
 * @throws S3Error InvalidArgument for a value that the form does not say how to write
 */
export function sign(request: ToSign, by: SignBy): Signature {
  const timestamp = toTimestamp(by.now);
  const byAws4 = by.signer === 'aws4' ? authorizationByAws4(request, by, timestamp) : undefined;
  return {
    authorization: byAws4 ?? authorizationOf(request, by, timestamp),
    'x-amz-date': timestamp,
  };
}

/**
 * Path and query of a presigned link: the signature is in the query, and covers no header but the host and no body. It is
 * valid for the seconds in `X-Amz-Expires` of the query, by default for a day.
 */
export function presign(
  { method, path, host }: { method: string; path: string; host: string },
  { credentials, region, now }: SignBy,
): string {
  const timestamp = toTimestamp(now);
  const key = scopedKey(credentials, region, timestamp.slice(0, 8));
  const claims = [
    ...(/[?&]X-Amz-Expires=/.test(path) ? [] : ['X-Amz-Expires=86400']),
    `X-Amz-Date=${timestamp}`,
    'X-Amz-Algorithm=AWS4-HMAC-SHA256',
    `X-Amz-Credential=${encodeComponent(`${credentials.accessKeyId}/${key.scope}`)}`,
    'X-Amz-SignedHeaders=host',
  ];
  const link = `${path}${path.includes('?') ? '&' : '?'}${claims.join('&')}`;
  const value = ODD.test(host) ? canonicalValue('host', host, 'blanks') : host;
  const canonical = `${method}\n${targetLines(link)}${labelOf('host')}${value}\n\nhost\n${UNSIGNED_PAYLOAD}`;
  return `${link}&X-Amz-Signature=${signatureOf(canonical, timestamp, key)}`;
}

function authorizationOf(
  { method, path, headers, covers }: ToSign,
  { credentials, region, form = 'blanks' }: SignBy,
  timestamp: string,
): string {
  const covered = ['x-amz-date'];
  for (const name of Object.keys(headers))
    if (name !== 'x-amz-date' && (covers === undefined || covers(name))) covered.push(name);
  const names = sorted(covered);
  const signedHeaders = joinedNames(names);
  let lines = `${method}\n${targetLines(path)}`;
  for (const name of names) {
    lines += labelOf(name);
    const value = name === 'x-amz-date' ? timestamp : (headers[name] as string);
    lines += ODD.test(value) ? canonicalValue(name, value, form) : value;
  }
  const payloadHash = headers['x-amz-content-sha256'] ?? '';
  const canonical = `${lines}\n\n${signedHeaders}\n${payloadHash}`;
  const key = scopedKey(credentials, region, timestamp.slice(0, 8));
  const signature = signatureOf(canonical, timestamp, key);
  if (written.key !== key || written.signedHeaders !== signedHeaders) {
    const text = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${key.scope}, SignedHeaders=${signedHeaders}, Signature=`;
    written = { key, signedHeaders, text };
  }
  return written.text + signature;
}

/** What stood before the signature that was made last: a key is of one access key, region and day. */
let written: { readonly key: ScopedKey | undefined; readonly signedHeaders: string; readonly text: string } =
  {
    key: undefined,
    signedHeaders: '',
    text: '',
  };

/** A few names are sorted without the copies that `toSorted()` makes. */
function sorted(names: string[]): readonly string[] {
  if (names.length > FEW) return names.toSorted();
  for (let from = 1; from < names.length; from += 1) {
    const name = names[from] as string;
    let at = from;
    for (; at > 0 && (names[at - 1] as string) > name; at -= 1) names[at] = names[at - 1] as string;
    names[at] = name;
  }
  return names;
}

const FEW = 16;

/** The canonical path and the canonical query, one below the other. */
function targetLines(path: string): string {
  const mark = path.indexOf('?');
  return mark < 0
    ? `${canonicalPath(path)}\n`
    : `${canonicalPath(path.slice(0, mark))}\n${canonicalQuery(path.slice(mark + 1))}`;
}

function signatureOf(canonical: string, timestamp: string, { scope, signingKey }: ScopedKey): string {
  return signingKey.sign(textToSign(timestamp, scope, canonical));
}
