import { createHash, timingSafeEqual } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { S3Error } from '../s3/errors.ts';
import { type Call, headerOf } from './call.ts';
import type { Staged } from './store/data.ts';
import { CHECKSUMS, type Digest, meterWith } from './store/digests.ts';
import type { Checksum } from './store/model.ts';

export interface Received {
  readonly staged: Staged;
  /** Hex, of the plaintext. */
  readonly md5: string;
  readonly checksum: Checksum | undefined;
}

/** The largest body of one PUT, and of one XML document, in bytes. */
const MAX_PUT = 5 * 1024 ** 3;
const MAX_DOCUMENT = 8 * 1024 ** 2;

/**
 * Streams the request's body to disk and checks it against every digest that came with it. What fails a check is
 * gone again. `algorithm` asks for a checksum that the request itself doesn't bring.
 *
 * @throws S3Error BadDigest, XAmzContentSHA256Mismatch, MissingContentLength, IncompleteBody, EntityTooLarge …
 */
export async function receiveBody(
  call: Call,
  ssecKey: Uint8Array | undefined,
  algorithm?: string,
): Promise<Received> {
  const length = contentLength(call, MAX_PUT);
  const plan = checks(call, algorithm);
  const meter = meterWith(plan.digests);
  call.invite();
  const staged = await call.data.write(call.request, meter, ssecKey).catch((cause: unknown) => {
    throw call.request.complete ? cause : incomplete(cause);
  });
  try {
    if (meter.size() !== length) throw incomplete();
    return { staged, ...plan.finish() };
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
  if (call.headers['transfer-encoding'] !== undefined) contentLength(call, MAX_DOCUMENT);
  if (Number(headerOf(call, 'content-length') ?? 0) > MAX_DOCUMENT) throw tooLarge();
  const plan = checks(call, undefined, checksumOf);
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

/** The checksum header of a request: `x-amz-checksum-<algorithm>`, of which there may be one. */
export function checksumHeader(call: Call): { algorithm: string; value: string } | undefined {
  const found = Object.keys(call.headers).filter(
    (name) => name.startsWith('x-amz-checksum-') && !/-(?:algorithm|type|mode)$/.test(name),
  );
  const [name] = found;
  if (name === undefined) return undefined;
  if (found.length > 1) {
    throw new S3Error(
      'InvalidRequest',
      'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    );
  }
  return { algorithm: name.slice('x-amz-checksum-'.length).toUpperCase(), value: headerOf(call, name) ?? '' };
}

interface Checks {
  readonly digests: readonly Digest[];
  readonly finish: () => Omit<Received, 'staged'>;
}

function checks(call: Call, wanted: string | undefined, checksumOf: 'body' | 'object' = 'body'): Checks {
  const md5 = createHash('md5');
  const sha256 = payloadHash(call);
  const given = checksumOf === 'body' ? checksumHeader(call) : undefined;
  requireAnnounced(call, given);
  const checksum = checksumDigest(given, wanted);
  const expectedMd5 = contentMd5(call);
  return {
    digests: [md5, sha256?.digest, checksum?.digest].filter((digest) => digest !== undefined),
    finish: () => {
      const actualMd5 = md5.digest();
      if (expectedMd5 && !timingSafeEqual(expectedMd5, actualMd5)) {
        throw new S3Error('BadDigest', 'The Content-MD5 you specified did not match what we received.');
      }
      sha256?.verify();
      return { md5: actualMd5.toString('hex'), checksum: checksum?.verify() };
    },
  };
}

function payloadHash(call: Call): { digest: Digest; verify: () => void } | undefined {
  const declared = headerOf(call, 'x-amz-content-sha256')?.toLowerCase();
  if (declared === undefined || !/^[0-9a-f]{64}$/.test(declared)) return undefined;
  const digest = createHash('sha256');
  return {
    digest,
    verify: () => {
      const actual = digest.digest('hex');
      if (actual === declared) return;
      throw new S3Error(
        'XAmzContentSHA256Mismatch',
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
        { fields: { ClientComputedContentSHA256: declared, S3ComputedContentSHA256: actual } },
      );
    },
  };
}

function contentMd5(call: Call): Buffer | undefined {
  const header = headerOf(call, 'content-md5');
  if (header === undefined) return undefined;
  const bytes = Buffer.from(header, 'base64');
  if (bytes.length === 16 && bytes.toString('base64') === header) return bytes;
  throw new S3Error('InvalidDigest', 'The Content-MD5 you specified was invalid.', {
    fields: { 'Content-MD5': header },
  });
}

/** A client that names an algorithm and brings no value has lost it on the way. */
function requireAnnounced(call: Call, given: { algorithm: string } | undefined): void {
  const announced = headerOf(call, 'x-amz-sdk-checksum-algorithm');
  if (announced === undefined || given?.algorithm === announced.toUpperCase()) return;
  throw new S3Error(
    'InvalidRequest',
    'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
  );
}

function checksumDigest(
  given: { algorithm: string; value: string } | undefined,
  wanted: string | undefined,
): { digest: Digest; verify: () => Checksum } | undefined {
  const algorithm = given?.algorithm ?? wanted;
  if (algorithm === undefined) return undefined;
  const known = checksumKind(algorithm);
  if (given && Buffer.from(given.value, 'base64').length !== known.bytes) {
    throw new S3Error(
      'InvalidRequest',
      `Value for x-amz-checksum-${algorithm.toLowerCase()} header is invalid.`,
    );
  }
  const digest = known.make();
  return {
    digest,
    verify: () => {
      const value = digest.digest().toString('base64');
      if (given && given.value !== value) {
        throw new S3Error(
          'BadDigest',
          `The ${algorithm} you specified did not match the calculated checksum.`,
        );
      }
      return { algorithm, value, type: 'FULL_OBJECT' };
    },
  };
}

/** @throws S3Error for an algorithm that S3 or the sandbox doesn't know. */
export function checksumKind(algorithm: string): (typeof CHECKSUMS)[string] {
  const known = CHECKSUMS[algorithm];
  if (known) return known;
  throw new S3Error('NotImplemented', `The sandbox can't compute the checksum algorithm ${algorithm}.`);
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
