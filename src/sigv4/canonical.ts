import { type CanonicalForm, canonicalOdd, ODD } from '../s3/canonical-value.ts';
import { S3Error } from '../s3/errors.ts';
import type { WireHeaders } from '../s3/headers.ts';
import type { Target } from '../s3/target.ts';
import type { Scope } from './claim.ts';
import { joinedNames } from './signed-names.ts';
import { hashOfText, writeText } from './text-hash.ts';

/** SHA-256 of an empty body, in hex. */
export const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** A request as its signature covers it. */
export interface SignedRequest {
  readonly method: string;
  readonly target: Target;
  readonly headers: WireHeaders;
  /** The target as received: SigV2 signs the path in the client's own encoding. */
  readonly rawTarget?: string | undefined;
  /** The host name by which its bucket was meant, where the config has one: it stands in the place of the bucket. */
  readonly customDomain?: string | undefined;
}

/**
 * The canonical request, one character per byte.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html#canonical-request
 *
 * @param form by default what this proxy verifies
 * @throws S3Error InvalidArgument for a value that the form does not say how to write
 */
export function canonicalRequest(
  request: SignedRequest,
  signedHeaders: readonly string[],
  payloadHash: string,
  form?: CanonicalForm,
): string {
  let text = '';
  const write: Write = (piece) => {
    text += piece;
  };
  writeCanonical(write, request, { signedHeaders, payloadHash, form });
  return text;
}

/** What a signature covers, beside method and path, and how. */
interface Covered {
  readonly signedHeaders: readonly string[];
  readonly payloadHash: string;
  /** The parameter that has the signature itself. */
  readonly leftOut?: string | undefined;
  /** By default what this proxy verifies. */
  readonly form?: CanonicalForm | undefined;
}

/** SHA-256 of the canonical request, in hex, without a text of it. @throws S3Error InvalidArgument, likewise */
export function canonicalHash(request: SignedRequest, covered: Covered): string {
  writeCanonical(writeText, request, covered);
  return hashOfText();
}

/** Takes the next piece of a canonical request. @param at 0 with the first one */
type Write = (piece: string, at?: 0) => void;

function writeCanonical(
  write: Write,
  { method, target, headers }: SignedRequest,
  { signedHeaders, payloadHash, leftOut, form = 'blanks' }: Covered,
): void {
  write(method, 0);
  write('\n');
  write(target.canonicalPath);
  write('\n');
  if (target.query.size > 0) target.query.writeCanonical(write, leftOut);
  for (const name of signedHeaders) writeHeader(write, name, headers.joined(name) ?? '', form);
  write('\n\n');
  write(joinedNames(signedHeaders));
  write('\n');
  write(payloadHash);
}

/** A signed header in the canonical request, and the end of the line above. @throws S3Error InvalidArgument */
export function writeHeader(write: Write, name: string, value: string, form: CanonicalForm): void {
  write(labelOf(name));
  write(ODD.test(value) ? canonicalValue(name, value, form) : value);
}

/** A value for which `ODD` holds in the canonical request. @throws S3Error InvalidArgument when the form does not say how to write it */
export function canonicalValue(name: string, value: string, form: CanonicalForm): string {
  const folded = canonicalOdd(value, form);
  if (folded === undefined) throw unsignable(name);
  return folded;
}

/** What stands before the value of a header in the canonical request: the end of the line above, and its name. */
function labelOf(name: string): string {
  const known = labels.get(name);
  if (known !== undefined) return known;
  const label = `\n${name}:`;
  if (labels.size < MOST_LABELS) labels.set(name, label);
  return label;
}

/** Those of the first names: nearly all requests have the same ones. A name is not longer than a head. */
const labels = new Map<string, string>();
const MOST_LABELS = 128;

/** @param timestamp `yyyymmddThhmmssZ` */
export function stringToSign(timestamp: string, scope: Scope, canonical: string): string {
  writeText(canonical, 0);
  return beginningOf(timestamp, scopeText(scope)) + hashOfText();
}

/** What stands in the string to sign before the hash of the canonical request. @param scope as text */
export function beginningOf(timestamp: string, scope: string): string {
  for (const one of beginnings) if (one.timestamp === timestamp && one.scope === scope) return one.text;
  return begin(timestamp, scope);
}

interface Beginning {
  readonly timestamp: string;
  readonly scope: string;
  readonly text: string;
}

/** Those of the latest signatures: many requests have the same second and scope. */
const beginnings: Beginning[] = [];
const MOST_BEGINNINGS = 4;

function begin(timestamp: string, scope: string): string {
  const text = `AWS4-HMAC-SHA256\n${timestamp}\n${scope}\n`;
  if (beginnings.length === MOST_BEGINNINGS) beginnings.shift();
  beginnings.push({ timestamp, scope, text });
  return text;
}

export function scopeText(scope: Scope): string {
  if (scope !== written.scope) {
    const { date, region, service, terminator } = scope;
    written = { scope, text: `${date}/${region}/${service}/${terminator}` };
  }
  return written.text;
}

/** What was written last: a client's requests have the same scope. */
let written: { readonly scope: Scope | undefined; readonly text: string } = { scope: undefined, text: '' };

function unsignable(name: string): S3Error {
  return new S3Error(
    'InvalidArgument',
    `The header ${name} has white space that stores sign in different ways, and it is not known how this one does. Use single spaces: no tabs, no spaces of other kinds.`,
    { fields: { ArgumentName: name } },
  );
}
