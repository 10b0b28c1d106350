import { encodeComponent } from '../s3/percent.ts';
import { authorizationByAws4 } from './aws4.ts';
import { beginningOf, writeHeader } from './canonical.ts';
import { canonicalPath, canonicalQuery } from './canonical-target.ts';
import { UNSIGNED_PAYLOAD } from './payload.ts';
import { type ScopedKey, scopedKey } from './scoped-keys.ts';
import { signedNames } from './signed-names.ts';
import { hashOfText, writeText } from './text-hash.ts';
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
  writeTarget(method, link);
  writeHeader(writeText, 'host', host, 'blanks');
  writeText(`\n\nhost\n${UNSIGNED_PAYLOAD}`);
  const signature = key.signingKey.sign(beginningOf(timestamp, key.scope), hashOfText());
  return `${link}&X-Amz-Signature=${signature}`;
}

function authorizationOf(
  { method, path, headers, covers }: ToSign,
  { credentials, region, form = 'blanks' }: SignBy,
  timestamp: string,
): string {
  const { names, text: signedHeaders } = signedNames(Object.keys(headers), covers);
  writeTarget(method, path);
  for (const name of names)
    writeHeader(writeText, name, name === 'x-amz-date' ? timestamp : (headers[name] as string), form);
  writeText('\n\n');
  writeText(signedHeaders);
  writeText('\n');
  writeText(headers['x-amz-content-sha256'] ?? '');
  const key = scopedKey(credentials, region, timestamp.slice(0, 8));
  const signature = key.signingKey.sign(beginningOf(timestamp, key.scope), hashOfText());
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

/** The beginning of a canonical request: its method, its path and its query, one below the other. */
function writeTarget(method: string, path: string): void {
  const mark = path.indexOf('?');
  writeText(method, 0);
  writeText('\n');
  writeText(canonicalPath(mark < 0 ? path : path.slice(0, mark)));
  writeText('\n');
  if (mark >= 0) writeText(canonicalQuery(path.slice(mark + 1)));
}
