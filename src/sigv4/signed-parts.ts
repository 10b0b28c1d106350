import { createHash, timingSafeEqual } from 'node:crypto';
import { S3Error } from '../s3/errors.ts';
import type { WireHeaders } from '../s3/headers.ts';
import { mustBeSigned } from '../s3/obs-headers.ts';
import type { Secret } from '../secret.ts';
import type { Claim } from './claim.ts';

/** @throws S3Error AuthorizationHeaderMalformed or AuthorizationQueryParametersError */
export function checkScope(
  { scope }: Claim,
  timestamp: string,
  region: string | undefined,
  place: 'header' | 'query',
): void {
  const fault = scopeFault({ scope }, timestamp, region);
  if (fault === undefined) return;
  const fields = region === undefined ? {} : { Region: region };
  throw place === 'header'
    ? new S3Error('AuthorizationHeaderMalformed', `The authorization header is malformed; ${fault}`, {
        fields,
      })
    : new S3Error(
        'AuthorizationQueryParametersError',
        `Error parsing the X-Amz-Credential parameter; ${fault}`,
        {
          fields,
        },
      );
}

/** What is wrong with the scope of a credential; undefined when nothing is. */
export function scopeFault(
  { scope }: Pick<Claim, 'scope'>,
  timestamp: string,
  region: string | undefined,
): string | undefined {
  return scope.date !== timestamp.slice(0, 8)
    ? `Invalid credential date "${scope.date}". This date is not the same as X-Amz-Date: "${timestamp.slice(0, 8)}".`
    : scope.service !== 's3'
      ? `incorrect service "${scope.service}". This endpoint belongs to "s3".`
      : scope.terminator !== 'aws4_request'
        ? `incorrect terminal "${scope.terminator}". This endpoint uses "aws4_request".`
        : region !== undefined && scope.region !== region
          ? `the region '${scope.region}' is wrong; expecting '${region}'`
          : undefined;
}

/**
 * Anyone on the network path could have added unsigned `x-amz-*` headers.
 * @throws S3Error AccessDenied
 */
export function checkSigned(
  headers: WireHeaders,
  signedHeaders: readonly string[],
  place: 'header' | 'query',
): void {
  const signed = signedHeaders.length > FEW ? new Set(signedHeaders) : undefined;
  let unsigned: string[] | undefined;
  for (const name of headers.names()) {
    if (name !== 'host' && !name.startsWith('x-amz-')) {
      if (!name.startsWith('x-obs-') || !mustBeSigned(name, place)) continue;
    }
    if (signed === undefined ? signedHeaders.includes(name) : signed.has(name)) continue;
    unsigned ??= [];
    unsigned.push(name);
  }
  if (unsigned !== undefined) throw notSigned(unsigned);
}

/** @param unsigned names of headers */
export function notSigned(unsigned: readonly string[]): S3Error {
  return new S3Error('AccessDenied', 'There were headers present in the request which were not signed', {
    reason: `the client did not sign ${unsigned.slice(0, MOST_NAMED).join(', ')}${unsigned.length > MOST_NAMED ? ' …' : ''}`,
    fields: { HeadersNotSigned: unsigned.join(', ') },
  });
}

/** Of unsigned headers, in the log. */
const MOST_NAMED = 5;

/** So many are searched faster than a set of them is made. */
const FEW = 32;

/**
 * Temporary credentials need the token from the config; others must not have one.
 * @throws S3Error InvalidToken
 */
export function checkSessionToken(given: string | undefined, expected: Secret | undefined): void {
  if (given === undefined && expected === undefined) return;
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  if (given !== undefined && expected !== undefined) {
    if (timingSafeEqual(digest(given), digest(expected.reveal()))) return;
  }
  throw new S3Error('InvalidToken', 'The provided token is malformed or otherwise invalid.');
}
