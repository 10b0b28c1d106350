import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { requireChecksumValue } from '../s3/body-hashes.ts';
import { S3Error } from '../s3/errors.ts';
import { type Call, headerOf } from './call.ts';
import { etagMaker } from './etag.ts';
import { openBody } from './incoming.ts';
import { checks, checksumHeader } from './integrity.ts';
import type { Staged } from './store/data.ts';
import { meterWith } from './store/digests.ts';
import type { Checksum, Upload } from './store/model.ts';
import { requirePromised } from './upload-checksum.ts';

export interface Received {
  readonly staged: Staged;
  /** Without quotes. */
  readonly etag: string;
  readonly checksum: Checksum | undefined;
}

/** The largest body of one PUT, and of one XML document, in bytes. */
const MAX_PUT = 5 * 1024 ** 3;
const MAX_DOCUMENT = 8 * 1024 ** 2;

/**
 * Streams the request's body to disk and checks it against every digest that came with it. A body that fails a check is
 * deleted. `promised`: what the upload of a part promises of it.
 *
 * @throws S3Error BadDigest, XAmzContentSHA256Mismatch, MissingContentLength, IncompleteBody, EntityTooLarge …
 */
export async function receiveBody(
  call: Call,
  ssecKey: Uint8Array | undefined,
  promised?: Upload['checksum'],
): Promise<Received> {
  const { stream, length, trailer } = openBody(call);
  if (length !== undefined && length > MAX_PUT) throw tooLarge();
  requirePromised(promised, trailer?.algorithm ?? checksumHeader(call)?.algorithm);
  const plan = await checks(call, trailer?.algorithm ?? promised?.algorithm);
  const meter = meterWith(plan.digests);
  const { sealed, etag } = etagMaker(call.rules, ssecKey);
  call.invite();
  const staged = await call.data.write(stream, meter, ssecKey, sealed).catch((cause: unknown) => {
    throw call.request.complete || cause instanceof S3Error ? cause : incomplete(cause);
  });
  try {
    if (length !== undefined && meter.size() !== length) throw incomplete();
    if (meter.size() > MAX_PUT) throw tooLarge();
    const { md5, ...digests } = plan.finish();
    if (trailer && digests.checksum?.value !== trailer.value()) {
      requireChecksumValue(trailer.algorithm, trailer.value() ?? '');
      throw new S3Error(
        'BadDigest',
        `The ${trailer.algorithm} you specified did not match the calculated checksum.`,
      );
    }
    return { staged, etag: etag(md5), ...digests };
  } catch (cause) {
    await staged.discard();
    throw cause;
  }
}

/**
 * Reads an XML body into memory, with the same checks. An absent body is empty. `checksumOf` says what a checksum
 * header is about: on CompleteMultipartUpload it is the object, not the document.
 */
export async function receiveDocument(call: Call, checksumOf: 'body' | 'object' = 'body'): Promise<string> {
  if (call.headers['transfer-encoding'] !== undefined && !call.rules.unknownLengths)
    contentLength(call, MAX_DOCUMENT);
  if (Number(headerOf(call, 'content-length') ?? 0) > MAX_DOCUMENT) throw tooLarge();
  const plan = await checks(call, undefined, checksumOf);
  const meter = meterWith(plan.digests);
  call.invite();
  const chunks: Buffer[] = [];
  const sink = new PassThrough();
  sink.on('data', (chunk: Buffer) => chunks.push(chunk));
  await pipeline(call.request, meter.stream, sink).catch((cause: unknown) => {
    throw incomplete(cause);
  });
  plan.finish();
  return Buffer.concat(chunks).toString('utf8');
}

function contentLength(call: Call, most: number): number {
  const header = headerOf(call, 'content-length');
  if (header === undefined) {
    throw new S3Error('MissingContentLength', 'You must provide the Content-Length HTTP header.');
  }
  const length = Number(header);
  if (length > most) throw tooLarge();
  return length;
}

function tooLarge(): S3Error {
  return new S3Error('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size');
}

function incomplete(cause?: unknown): S3Error {
  return new S3Error(
    'IncompleteBody',
    'You did not provide the number of bytes specified by the Content-Length HTTP header',
    { cause },
  );
}
