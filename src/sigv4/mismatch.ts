import { S3Error } from '../s3/errors.ts';
import type { WireHeaders } from '../s3/headers.ts';
import { Query } from '../s3/query.ts';
import { canonicalRequest, type SignedRequest } from './canonical.ts';

/** What was signed, by whom, and how far it got. */
interface Mismatch {
  readonly accessKeyId: string;
  /** The request as it came, the target as it was signed. */
  readonly request: SignedRequest;
  readonly signedHeaders: readonly string[];
  readonly payloadHash: string;
  readonly stringToSign: string;
}

/** Headers and parameters whose values are not repeated in an error, which may be copied anywhere. */
const SECRET =
  /customer[-_]key|token|secret|password|passwd|authorization|cookie|signature|^sig$|api[-_]?key|access[-_]?key(?![-_]?id)|private[-_]?key|auth/i;
const REDACTED = '[redacted]';
/** In characters: the usual ones have a tenth of that, and each is sent back four times as long. */
const LONGEST = 8192;
/** What servers between a client and this proxy change, with nobody meaning harm. */
const OFTEN_CHANGED = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'connection',
  'content-length',
  'expect',
  'forwarded',
  'referer',
  'te',
  'transfer-encoding',
  'user-agent',
  'via',
]);

/**
 * Says which request the proxy saw, so that the client can lay its own canonical request beside it.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
export function signatureMismatch(seen: Mismatch): S3Error {
  const { accessKeyId, stringToSign, request, signedHeaders } = seen;
  const canonical = shownCanonical(seen);
  const missing = signedHeaders.filter((name) => !request.headers.has(name));
  const more = hints(signedHeaders, missing);
  return new S3Error('SignatureDoesNotMatch', [MISMATCH, ...more].join(' '), {
    reason: [MISMATCH_REASON, ...more].join(' '),
    fields: {
      AWSAccessKeyId: accessKeyId,
      // AWS repeats the signature too; here it stays out of whatever an error may be copied into.
      StringToSign: stringToSign,
      StringToSignBytes: bytesOf(stringToSign),
      ...(missing.length === 0 ? {} : { SignedHeadersMissing: missing.join(', ') }),
      ...(canonical === undefined
        ? {}
        : {
            CanonicalRequest: Buffer.from(canonical, 'latin1').toString('utf8'),
            CanonicalRequestBytes: bytesOf(canonical),
          }),
    },
  });
}

/** For the log. */
export const MISMATCH_REASON =
  'The signature does not match: the client has another secret access key than the config, or what it signed was changed on the way.';

export const MISMATCH =
  'The request signature we calculated does not match the signature you provided. Check your key and signing method.';

/** Does the value of this header or parameter stay out of errors? */
export function isSecretName(name: string): boolean {
  return SECRET.test(name);
}

/** As S3 writes them: `41 57 53`. @param text one character a byte */
export function bytesOf(text: string): string {
  return Buffer.from(text, 'latin1').toString('hex').replace(/../g, '$& ').trimEnd();
}

function hints(signedHeaders: readonly string[], missing: readonly string[]): readonly string[] {
  const changed = signedHeaders.filter((name) => OFTEN_CHANGED.has(name) && !missing.includes(name));
  return [
    ...(missing.length === 0
      ? []
      : [
          `The headers ${missing.join(', ')} were signed and did not arrive: something on the way removes them.`,
        ]),
    ...(changed.length === 0
      ? []
      : [
          `The headers ${changed.join(', ')} were signed; servers on the way often change them. Compare them with those in CanonicalRequest.`,
        ]),
  ];
}

/** With secrets redacted; undefined when one of them stands elsewhere in it too, and when it is very long. */
function shownCanonical({ request, signedHeaders, payloadHash }: Mismatch): string | undefined {
  const { target, headers } = request;
  const secrets = [
    ...secretValues(headers),
    ...target.query.parameters.filter(isSecretParameter).map(({ value }) => value),
  ];
  const shown = canonicalRequest(
    {
      ...request,
      target: { ...target, query: redactedQuery(target.query) },
      headers: redactedHeaders(headers),
    },
    signedHeaders,
    payloadHash,
  );
  if (shown.length > LONGEST) return undefined;
  // A value of the query stands in it percent-encoded, a header's as it is.
  const looks = [shown, decoded(shown), decoded(decoded(shown))];
  const holds = (secret: string): boolean => looks.some((look) => look.includes(secret));
  return secrets.some((secret) => secret !== '' && holds(secret)) ? undefined : shown;
}

/** @param text one character a byte */
function decoded(text: string): string {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

type Parameter = Query['parameters'][number];

function isSecretParameter({ name }: Parameter): boolean {
  return isSecretName(name);
}

function secretValues(headers: WireHeaders): readonly string[] {
  return [...headers.entries()].flatMap(([name, values]) => (isSecretName(name) ? values : []));
}

function redactedHeaders(headers: WireHeaders): WireHeaders {
  const secret = [...headers.names()].filter(isSecretName);
  return headers.with(Object.fromEntries(secret.map((name) => [name, REDACTED])));
}

function redactedQuery({ parameters }: Query): Query {
  return new Query(parameters.map((one) => (isSecretParameter(one) ? { ...one, value: REDACTED } : one)));
}
