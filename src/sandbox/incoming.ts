import type { Readable } from 'node:stream';
import { checksumName } from '../s3/body-hashes.ts';
import { S3Error } from '../s3/errors.ts';
import { ChunkDecoder } from '../sigv4/chunk-decoder.ts';
import { signaturesOf } from '../sigv4/chunk-trailers.ts';
import { payloadOf } from '../sigv4/payload.ts';
import { through } from '../steps.ts';
import { type Call, headerOf } from './call.ts';

/** A request's body, decoded from its framing. */
export interface Incoming {
  readonly stream: Readable;
  /** In bytes, as the request says; undefined where it does not, and the store takes that. */
  readonly length: number | undefined;
  /** The trailing checksum: its algorithm, and its value once the stream has ended. */
  readonly trailer: { readonly algorithm: string; readonly value: () => string | undefined } | undefined;
}

/** @throws S3Error MissingContentLength, InvalidRequest */
export function openBody(call: Call): Incoming {
  const payload = payloadOf(headerOf(call, 'x-amz-content-sha256'));
  const chunked = payload.kind === 'chunked';
  const header = headerOf(call, chunked ? 'x-amz-decoded-content-length' : 'content-length');
  if (header === undefined && !chunked && call.rules.unknownLengths && call.headers['transfer-encoding'])
    return { stream: call.request, length: undefined, trailer: undefined };
  if (header === undefined || !/^\d+$/.test(header)) {
    throw new S3Error('MissingContentLength', 'You must provide the Content-Length HTTP header.');
  }
  const length = Number(header);
  if (!chunked) return { stream: call.request, length, trailer: undefined };
  const trailers = payload.trailers ? trailerNames(call) : undefined;
  const signatures = payload.signed ? signaturesOf(call.chunks) : undefined;
  const decoder = new ChunkDecoder({ decodedLength: length, signatures, trailers });
  const decoded = through(decoder);
  call.request.once('error', (error) => decoded.destroy(error));
  // It may fail before the reader of the body listens.
  decoded.on('error', () => {});
  const [name] = trailers ?? [];
  const algorithm = name === undefined ? undefined : checksumName(name);
  return {
    stream: call.request.pipe(decoded),
    length,
    trailer:
      name === undefined || algorithm === undefined
        ? undefined
        : { algorithm, value: () => decoder.trailers.get(name) },
  };
}

/** The names in `x-amz-trailer`, of which S3 takes one. */
function trailerNames(call: Call): readonly string[] {
  const names = (headerOf(call, 'x-amz-trailer') ?? '').split(',').map((name) => name.trim().toLowerCase());
  return names.filter((name) => name !== '');
}
