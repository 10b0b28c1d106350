import { type Duplex, Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { checksumName } from '../../s3/body-hashes.ts';
import { CHECKSUMS } from '../../s3/checksums.ts';
import { S3Error } from '../../s3/errors.ts';
import type { WireHeaders } from '../../s3/headers.ts';
import type { Operation } from '../../s3/operations.ts';
import type { Provider } from '../../s3/providers.ts';
import { ChunkDecoder } from '../../sigv4/chunk-decoder.ts';
import { ChunkEncoder } from '../../sigv4/chunk-encoder.ts';
import type { ChunkSignatures } from '../../sigv4/chunk-trailers.ts';
import { type Payload, payloadOf, UNSIGNED_PAYLOAD, UNSIGNED_TRAILER } from '../../sigv4/payload.ts';
import type { Exchange } from '../exchange.ts';
import { checksumClaim, headClaims } from './claims.ts';
import { type BodyClaim, BodyGuard, startChecks } from './guard.ts';

interface Context {
  readonly operation: Operation;
  /** How the chunks of this request are signed; undefined when nobody signed it. */
  readonly chunks: ChunkSignatures | undefined;
  readonly provider: Provider;
  /** Trailers go to the store over TLS only: without it their checksum would have to be signed. */
  readonly secure: boolean;
}

/**
 * Gives the exchange the body as the store is to have it: out of its framing, with a length, and with its last byte
 * held back until whatever only the proxy can check has been checked. A body that needs none of this streams as it is.
 * What can be refused by the head alone is thrown at once.
 *
 * @throws S3Error MissingContentLength, InvalidArgument, NotImplemented; what is found while the body streams is an
 *   error of the stream
 */
export function prepareBody(exchange: Exchange, context: Context): Exchange | Promise<Exchange> {
  const { operation, provider } = context;
  const payload = payloadOf(exchange.headers.single('x-amz-content-sha256'));
  const length = lengthOf(exchange, payload, operation);
  const checksumOf = operation.name === 'CompleteMultipartUpload' ? 'object' : 'body';
  const claims = headClaims(exchange.headers, payload, provider, checksumOf);
  if (exchange.body === 'none') return absent(exchange, payload, operation, claims);
  return payload.kind === 'chunked'
    ? decoded(exchange, payload, length, { ...context, claims })
    : guarded(exchange, length, claims);
}

/** A body that is not there: it has hashes too, and even an empty one in chunks has a last chunk. */
function absent(
  exchange: Exchange,
  payload: Payload,
  { body }: Operation,
  claims: readonly BodyClaim[],
): Exchange | Promise<Exchange> {
  const chunked = payload.kind === 'chunked';
  if (chunked && body !== 'none') throw new S3Error('IncompleteBody', 'The body lacks its last chunk.');
  const plain = chunked ? withoutFraming(exchange, undefined) : exchange;
  return claims.length === 0 ? plain : emptyOf(plain, claims);
}

async function emptyOf(exchange: Exchange, claims: readonly BodyClaim[]): Promise<Exchange> {
  for (const { verify } of await startChecks(claims)) verify();
  return exchange;
}

/** In bytes, of what the client means to store. */
function lengthOf({ body, headers }: Exchange, payload: Payload, { body: kind }: Operation): number {
  const plain = headers.has('transfer-encoding') ? undefined : headers.single('content-length');
  const given =
    payload.kind === 'chunked' || plain === undefined
      ? headers.single('x-amz-decoded-content-length')
      : plain;
  if (given !== undefined && /^\d{1,15}$/.test(given)) return Number(given);
  if (given === undefined && body === 'none' && kind !== 'stream') return 0;
  throw new S3Error('MissingContentLength', 'You must provide the Content-Length HTTP header.');
}

async function guarded(exchange: Exchange, length: number, claims: readonly BodyClaim[]): Promise<Exchange> {
  const framed = exchange.headers.has('transfer-encoding');
  if (claims.length === 0 && !framed) return exchange;
  const stream = chain(exchange.stream, new BodyGuard(length, await startChecks(claims)));
  return await verified({ ...withoutFraming(exchange, length), stream }, length);
}

async function decoded(
  exchange: Exchange,
  payload: Extract<Payload, { kind: 'chunked' }>,
  length: number,
  { chunks, provider, secure, operation, claims: ofHead }: Context & { claims: readonly BodyClaim[] },
): Promise<Exchange> {
  const { headers } = exchange;
  const signatures = payload.signed ? chunks : undefined;
  if (payload.signed && !signatures) {
    throw new S3Error('InvalidRequest', 'Signed chunks need a request that is signed itself.');
  }
  const trailers = payload.trailers ? declaredTrailers(headers) : undefined;
  // Documents are read here first, so only what streams goes on in the framing.
  const streams = secure && provider.trailers && operation.body === 'stream';
  const again = streams && trailers !== undefined && trailers.length > 0;
  const decoder = new ChunkDecoder({ decodedLength: length, signatures, trailers });
  const ofTrailers = (trailers ?? [])
    // What the proxy can't compute is the store's to check, where it gets the trailer.
    .filter((name) => !again || isComputable(name))
    .map((name) => checksumClaim(checksumName(name) ?? '', () => decoder.trailers.get(name)));
  const guard = new BodyGuard(length, await startChecks([...ofHead, ...ofTrailers]));
  const stream = chain(chain(exchange.stream, decoder), guard);
  const plain = await verified({ ...withoutFraming(exchange, length), stream }, length);
  return again ? framedAnew(plain, headers, length, decoder) : plain;
}

/** The trailers go on, so that the store keeps the checksum with the object. */
function framedAnew(plain: Exchange, headers: WireHeaders, length: number, decoder: ChunkDecoder): Exchange {
  const coding = plain.headers.joined('content-encoding');
  return {
    ...plain,
    body: 'some',
    stream: chain(plain.stream, new ChunkEncoder(() => decoder.trailers)),
    headers: plain.headers.with({
      'content-length': undefined,
      'content-encoding': coding === undefined ? 'aws-chunked' : `aws-chunked,${coding}`,
      'x-amz-content-sha256': UNSIGNED_TRAILER,
      'x-amz-decoded-content-length': String(length),
      'x-amz-trailer': headers.joined('x-amz-trailer'),
      'x-amz-sdk-checksum-algorithm': headers.single('x-amz-sdk-checksum-algorithm'),
    }),
  };
}

/** @throws S3Error InvalidRequest for a trailer that is no checksum */
function declaredTrailers(headers: WireHeaders): readonly string[] {
  const names = (headers.joined('x-amz-trailer') ?? '').split(',').map((name) => name.trim().toLowerCase());
  const declared = names.filter((name) => name !== '');
  if (declared.every((name) => checksumName(name) !== undefined)) return declared;
  throw new S3Error('InvalidRequest', 'The value specified in the x-amz-trailer header is not supported');
}

function isComputable(name: string): boolean {
  return Object.hasOwn(CHECKSUMS, checksumName(name) ?? '');
}

/** Says of the body what it is behind the framing: `aws-chunked` is no coding of the object. */
function withoutFraming(exchange: Exchange, length: number | undefined): Exchange {
  const { headers } = exchange;
  const codings = headers.joined('content-encoding')?.split(',') ?? [];
  const kept = codings
    .filter((coding) => !/^\s*(aws-chunked\s*)?$/i.test(coding))
    .join(',')
    .trim();
  const chunked = payloadOf(headers.single('x-amz-content-sha256')).kind === 'chunked';
  return {
    ...exchange,
    headers: headers.with({
      'content-length': length === undefined ? undefined : String(length),
      'content-encoding': kept === '' ? undefined : kept,
      'transfer-encoding': undefined,
      'x-amz-decoded-content-length': undefined,
      'x-amz-trailer': undefined,
      ...(chunked
        ? { 'x-amz-content-sha256': UNSIGNED_PAYLOAD, 'x-amz-sdk-checksum-algorithm': undefined }
        : {}),
    }),
  };
}

/** An empty body has no last byte to hold back: it is read to its end before the store hears of the request. */
async function verified(exchange: Exchange, length: number): Promise<Exchange> {
  if (length > 0) return exchange;
  exchange.begin();
  exchange.stream.resume();
  await finished(exchange.stream, { writable: false });
  return { ...exchange, body: 'none', begin: () => {}, stream: Readable.from([], { objectMode: false }) };
}

/** Pipes without ending the client's connection when something behind it fails: the client is still to be answered. */
export function chain(source: Readable, next: Duplex): Duplex {
  source.once('error', (error) => next.destroy(error));
  // Its fault may come before anybody who takes the body listens; whoever does asks for `errored` first.
  next.on('error', () => {});
  if (source.errored) next.destroy(source.errored);
  return source.pipe(next);
}
