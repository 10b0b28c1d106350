import { createHmac } from 'node:crypto';
import aws4 from 'aws4';
import { type CanonicalForm, ODD } from '../s3/canonical-value.ts';
import { WireHeaders } from '../s3/headers.ts';
import { parseQuery } from '../s3/query.ts';
import type { Credentials } from '../secret.ts';
import { canonicalRequest, scopeText, signingKey, stringToSign } from './canonical.ts';
import { toTimestamp } from './timestamp.ts';

export interface ToSign {
  readonly method: string;
  /** Path and query, strictly encoded; no query name twice. */
  readonly path: string;
  /** Lower-case name → value with one character a byte: the headers to sign, with `host` and `x-amz-content-sha256`. */
  readonly headers: Readonly<Record<string, string>>;
}

interface Signer {
  readonly credentials: Credentials;
  readonly region: string;
  readonly now: Date;
  /** How the verifier writes values; by default as this proxy does. */
  readonly form?: CanonicalForm;
}

export interface Signature {
  readonly authorization: string;
  readonly 'x-amz-date': string;
}

/**
 * Signs a request for the upstream with aws4 (SigV4, header form). Only this file imports aws4, and it avoids
 * these traps:
 * - it keeps an inbound `x-amz-date`: the date is always set here, from `now`;
 * - it hashes header values as UTF-8 text and folds whatever Unicode calls white space, while they are bytes on the wire:
 *   a request with one whose canonical form differs between stores is signed by `canonical.ts`;
 * - it guesses region and service from the host: both are always given;
 * - it rewrites `path` and adds headers to its argument: it gets a copy, and only the signature is used.
 *
 * @throws S3Error InvalidArgument for a value that the form does not say how to write
 */
export function sign(request: ToSign, { credentials, region, now, form = 'blanks' }: Signer): Signature {
  const timestamp = toTimestamp(now);
  const headers: Record<string, string> = { ...request.headers, 'x-amz-date': timestamp };
  if (ODD.test(Object.values(headers).join('\n')))
    return {
      authorization: signBytes({ ...request, headers }, { credentials, region, timestamp, form }),
      'x-amz-date': timestamp,
    };
  const signed = aws4.sign(
    { method: request.method, path: request.path, service: 's3', region, headers },
    { accessKeyId: credentials.accessKeyId, secretAccessKey: credentials.secretAccessKey.reveal() },
  );
  return { authorization: String(signed.headers?.Authorization), 'x-amz-date': timestamp };
}

/**
 * Path and query of a presigned link: the signature is in the query, and covers no header but the host and no body. It is
 * valid for the seconds in `X-Amz-Expires` of the query.
 */
export function presign(
  { method, path, host }: { method: string; path: string; host: string },
  { credentials, region, now }: Signer,
): string {
  const dated = `${path}${path.includes('?') ? '&' : '?'}X-Amz-Date=${toTimestamp(now)}`;
  const signed = aws4.sign(
    { method, path: dated, service: 's3', region, signQuery: true, headers: { host } },
    { accessKeyId: credentials.accessKeyId, secretAccessKey: credentials.secretAccessKey.reveal() },
  );
  return String(signed.path);
}

/** The Authorization header of a request with values that aws4 would write in a way of its own. */
function signBytes(
  { method, path, headers }: ToSign,
  { credentials, region, timestamp, form }: Omit<Signer, 'now'> & { readonly timestamp: string },
): string {
  const [canonicalPath = '', query = ''] = path.split('?', 2);
  const names = Object.keys(headers).toSorted();
  const canonical = canonicalRequest(
    {
      method,
      target: { shape: 'service', query: parseQuery(query), canonicalPath },
      headers: new WireHeaders(Object.entries(headers).flat()),
    },
    names,
    headers['x-amz-content-sha256'] ?? '',
    form,
  );
  const scope = { date: timestamp.slice(0, 8), region, service: 's3', terminator: 'aws4_request' };
  const { accessKeyId, secretAccessKey } = credentials;
  const signature = createHmac('sha256', signingKey(secretAccessKey.reveal(), scope))
    .update(stringToSign(timestamp, scope, canonical))
    .digest('hex');
  return `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scopeText(scope)}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
}
