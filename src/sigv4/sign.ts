import aws4 from 'aws4';
import type { Credentials } from '../secret.ts';
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
}

export interface Signature {
  readonly authorization: string;
  readonly 'x-amz-date': string;
}

/**
 * Signs a request for the upstream with aws4 (SigV4, header form). Only this file imports aws4, and it avoids
 * these traps:
 * - it keeps an inbound `x-amz-date`: the date is always set here, from `now`;
 * - it hashes header values as UTF-8 text, while they are bytes on the wire: values are decoded first;
 * - it guesses region and service from the host: both are always given;
 * - it rewrites `path` and adds headers to its argument: it gets a copy, and only the signature is used.
 */
export function sign(request: ToSign, { credentials, region, now }: Signer): Signature {
  const timestamp = toTimestamp(now);
  const headers: Record<string, string> = { 'x-amz-date': timestamp };
  for (const [name, value] of Object.entries(request.headers)) headers[name] = wireText(value);
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

function wireText(value: string): string {
  return /[^ -~\t]/.test(value) ? Buffer.from(value, 'latin1').toString('utf8') : value;
}
