import { checksumName } from '../../s3/body-hashes.ts';
import { CHECKSUMS } from '../../s3/checksums.ts';
import { S3Error } from '../../s3/errors.ts';
import type { WireHeaders } from '../../s3/headers.ts';
import type { Operation } from '../../s3/operations.ts';
import { framedLength } from '../../sigv4/chunk-encoder.ts';
import { type ChunkSignatures, type ChunkSigning, signaturesOf } from '../../sigv4/chunk-trailers.ts';
import { type Payload, payloadOf, UNSIGNED_PAYLOAD, UNSIGNED_TRAILER } from '../../sigv4/payload.ts';
import type { Message } from '../message.ts';
import { getsTrailers, type Plan } from '../plan/plan.ts';
import { headClaims } from './claims.ts';
import type { BodyClaim } from './guard.ts';

/** What is done with the body of a message, and what its headers say afterwards. */
export type BodyPlan =
  /** No byte of it is touched: the store checks all that is to be checked. The message has its last headers already. */
  | { readonly kind: 'pass'; readonly message: Message }
  /** There is none, and it has hashes all the same. */
  | { readonly kind: 'absent'; readonly headers: WireHeaders; readonly claims: readonly BodyClaim[] }
  /** It comes with a length, and its last byte waits for the claims. */
  | ({ readonly kind: 'guard' } & Guarding)
  /** The same, out of the framing of aws-chunked, and perhaps into it again. */
  | ({ readonly kind: 'decode' } & Guarding & Decoding)
  /** Nobody knows its length, and the store does not have to: what came last waits for the claims. */
  | ({ readonly kind: 'unsized' } & Unsized)
  /** The same for a store that wants a length: what the claims are about is then found out in memory, or part by part. */
  | ({ readonly kind: 'measure' } & Unsized);

export type Unsized = Omit<Guarding, 'length'>;

export interface Guarding {
  /** In bytes, of what the client means to store. */
  readonly length: number;
  readonly claims: readonly BodyClaim[];
  readonly headers: WireHeaders;
}

export interface Decoding {
  /** How the chunks are signed; undefined when they are not. */
  readonly signatures: ChunkSignatures | undefined;
  /** Names of the trailers that come; undefined where the framing has no place for any. */
  readonly trailers: readonly string[] | undefined;
  /** Those that the proxy compares with the body. */
  readonly checked: readonly string[];
  /** The headers of the message when its trailers go on to the store; undefined when they end here. */
  readonly reframed: WireHeaders | undefined;
}

/** How a request that was let in sends its body, beside what its plan says. */
interface Sent {
  readonly plan: Plan;
  /** How the chunks of this request are signed. */
  readonly chunks: ChunkSigning;
  /** May its body be of unknown length? */
  readonly unsized: boolean;
}

/**
 * Decides, without reading a byte, how the body becomes what the store is to have: out of its framing, with a length, and
 * with its last byte held back until whatever only the proxy can check has been checked.
 *
 * @throws S3Error MissingContentLength, InvalidArgument, NotImplemented, IncompleteBody, InvalidRequest: what the head
 *   alone says
 */
export function planBody(message: Message, { plan, chunks, unsized }: Sent): BodyPlan {
  const { headers } = message;
  const { operation, upstream, checksums } = plan;
  // It is not signed, so that nobody in particular would have the store read it.
  if (operation.method === 'OPTIONS' && message.body !== 'none')
    throw new S3Error('InvalidRequest', 'A preflight has no body. Send it without one.');
  const payload = payloadOf(headers.single('x-amz-content-sha256'));
  if (unsized && isUnsized(headers, payload, operation)) return planUnsized(headers, payload, plan);
  const length = lengthOf(message, payload, operation);
  const checksumOf = operation.name === 'CompleteMultipartUpload' ? 'object' : 'body';
  const { checks } = upstream.provider;
  // A checksum that the store does not get is compared here.
  const stores = checksums === 'withheld' ? { ...checks, checksums: false } : checks;
  const claims = headClaims(headers, payload, stores, checksumOf);
  if (message.body === 'none') return planAbsent(message, payload, operation, claims);
  if (payload.kind === 'chunked') return planDecoding(headers, payload, { length, claims }, { plan, chunks });
  if (claims.length === 0 && !headers.has('transfer-encoding')) {
    if (!speaksOfFraming(headers)) return { kind: 'pass', message };
    return { kind: 'pass', message: { ...message, headers: withoutFraming(headers, payload, length) } };
  }
  return { kind: 'guard', length, claims, headers: withoutFraming(headers, payload, length) };
}

/** A body that is not there: it has hashes too, and even an empty one in chunks has a last chunk. */
function planAbsent(
  message: Message,
  payload: Payload,
  { body }: Operation,
  claims: readonly BodyClaim[],
): BodyPlan {
  const chunked = payload.kind === 'chunked';
  if (chunked && body !== 'none') throw new S3Error('IncompleteBody', 'The body lacks its last chunk.');
  const plain = chunked
    ? { ...message, headers: withoutFraming(message.headers, payload, undefined) }
    : message;
  if (claims.length === 0) return { kind: 'pass', message: plain };
  return { kind: 'absent', claims, headers: plain.headers };
}

function planDecoding(
  headers: WireHeaders,
  payload: Extract<Payload, { kind: 'chunked' }>,
  { length, claims }: Pick<Guarding, 'length' | 'claims'>,
  { plan: { operation, upstream }, chunks }: Pick<Sent, 'plan' | 'chunks'>,
): BodyPlan {
  const trailers = payload.trailers ? declaredTrailers(headers) : undefined;
  // Documents are read here first, so only what streams goes on in the framing.
  const streams = getsTrailers(upstream) && operation.body === 'stream';
  const again = streams && trailers !== undefined && trailers.length > 0;
  // What the proxy can't compute is the store's to check, where it gets the trailer.
  const checked = (trailers ?? []).filter((name) => !again || isComputable(name));
  const plain = withoutFraming(headers, payload, length);
  return {
    kind: 'decode',
    length,
    claims,
    headers: plain,
    signatures: payload.signed ? signaturesOf(chunks) : undefined,
    trailers,
    checked,
    reframed: again ? reframed(plain, trailersOf(headers), length) : undefined,
  };
}

/** "Transfer-Encoding: chunked" alone. In aws-chunked a length is S3's rule. */
function isUnsized(headers: WireHeaders, payload: Payload, { body }: Operation): boolean {
  return (
    headers.has('transfer-encoding') &&
    payload.kind !== 'chunked' &&
    body !== 'none' &&
    !headers.has('x-amz-decoded-content-length')
  );
}

/** A store that gets it in parts can't compare the whole with anything: that is done here. */
function planUnsized(headers: WireHeaders, payload: Payload, { operation, upstream }: Plan): BodyPlan {
  const kind =
    operation.body === 'stream' && upstream.dialect?.unsizedBodies === true ? 'unsized' : 'measure';
  const checks = kind === 'unsized' ? upstream.provider.checks : NOTHING_CHECKED;
  const checksumOf = operation.name === 'CompleteMultipartUpload' ? 'object' : 'body';
  const claims = headClaims(headers, payload, checks, checksumOf);
  return { kind, claims, headers: withoutFraming(headers, payload, undefined) };
}

const NOTHING_CHECKED = { sha256: false, md5: false, checksums: false };

/** In bytes, of what the client means to store. */
function lengthOf({ body, headers }: Message, payload: Payload, { body: kind }: Operation): number {
  const plain = headers.has('transfer-encoding') ? undefined : headers.single('content-length');
  const given =
    payload.kind === 'chunked' || plain === undefined
      ? headers.single('x-amz-decoded-content-length')
      : plain;
  if (given !== undefined && /^\d{1,15}$/.test(given)) return Number(given);
  if (given === undefined && body === 'none' && kind !== 'stream') return 0;
  throw new S3Error('MissingContentLength', 'You must provide the Content-Length HTTP header.');
}

/** @throws S3Error InvalidRequest for a trailer that is not a checksum */
function declaredTrailers(headers: WireHeaders): readonly string[] {
  const names = (headers.joined('x-amz-trailer') ?? '').split(',').map((name) => name.trim().toLowerCase());
  const declared = names.filter((name) => name !== '');
  if (declared.every((name) => checksumName(name) !== undefined)) return declared;
  throw new S3Error('InvalidRequest', 'The value specified in the x-amz-trailer header is not supported');
}

function isComputable(name: string): boolean {
  return Object.hasOwn(CHECKSUMS, checksumName(name) ?? '');
}

/** Does the head promise a framing of aws-chunked? A body without one must not be sent on with that promise. */
function speaksOfFraming(headers: WireHeaders): boolean {
  return (
    headers.has('x-amz-trailer') ||
    headers.has('x-amz-decoded-content-length') ||
    (headers.joined('content-encoding')?.toLowerCase().includes('aws-chunked') ?? false)
  );
}

/** Says of the body what it is behind the framing: `aws-chunked` is not a coding of the object. */
function withoutFraming(headers: WireHeaders, payload: Payload, length: number | undefined): WireHeaders {
  const codings = headers.joined('content-encoding')?.split(',') ?? [];
  const kept = codings
    .filter((coding) => !/^\s*(aws-chunked\s*)?$/i.test(coding))
    .join(',')
    .trim();
  return headers.with({
    'content-length': length === undefined ? undefined : String(length),
    'content-encoding': kept === '' ? undefined : kept,
    'transfer-encoding': undefined,
    'x-amz-decoded-content-length': undefined,
    'x-amz-trailer': undefined,
    ...(payload.kind === 'chunked'
      ? {
          'x-amz-content-sha256': UNSIGNED_PAYLOAD,
          'x-amz-sdk-checksum-algorithm': undefined,
          'x-amz-checksum-algorithm': undefined,
        }
      : {}),
  });
}

/** What the head of a request says of its trailers. */
function trailersOf(sent: WireHeaders): Readonly<Record<string, string | undefined>> {
  return {
    'x-amz-trailer': sent.joined('x-amz-trailer'),
    'x-amz-sdk-checksum-algorithm': sent.single('x-amz-sdk-checksum-algorithm'),
    'x-amz-checksum-algorithm': sent.single('x-amz-checksum-algorithm'),
  };
}

/**
 * The headers of a body that goes to the store in chunks, with trailers, so that the store keeps the checksum with the
 * object. It has a length wherever the length of its trailers is known: some front ends don't take bodies without one.
 */
export function reframed(
  plain: WireHeaders,
  trailers: Readonly<Record<string, string | undefined>>,
  length: number,
): WireHeaders {
  const coding = plain.joined('content-encoding');
  const framed = lengthInFraming(length, trailers['x-amz-trailer'] ?? '');
  return plain.with({
    'content-length': framed === undefined ? undefined : String(framed),
    'content-encoding': coding === undefined ? 'aws-chunked' : `aws-chunked,${coding}`,
    'x-amz-content-sha256': UNSIGNED_TRAILER,
    'x-amz-decoded-content-length': String(length),
    ...trailers,
  });
}

/** Undefined where a trailer is not a checksum of a known size. */
function lengthInFraming(length: number, declared: string): number | undefined {
  const trailers: { name: number; value: number }[] = [];
  for (const name of declared.split(',').map((text) => text.trim().toLowerCase())) {
    if (name === '') continue;
    if (!isComputable(name)) return undefined;
    const { bytes } = CHECKSUMS[checksumName(name) ?? ''] ?? { bytes: 0 };
    trailers.push({ name: name.length, value: 4 * Math.ceil(bytes / 3) });
  }
  return framedLength(length, trailers);
}
