import { createHash } from 'node:crypto';
import { S3Error } from '../s3/errors.ts';
import { trimmed } from '../s3/trim.ts';
import { EMPTY_SHA256, scopeText } from './canonical.ts';
import type { Scope } from './claim.ts';
import type { SigningKey } from './signing-key.ts';

/** Lower-case name → value. */
export type Trailers = ReadonlyMap<string, string>;

/** The chain of signatures over the chunks of a body: each signs its chunk and the signature before it. */
export interface ChunkSignatures {
  /** The signature of the request itself. */
  readonly seed: string;
  /** Returns the signature for the next link. @throws S3Error SignatureDoesNotMatch */
  verifyChunk(previous: string, chunkSha256: string, claimed: string): string;
  /** @throws S3Error SignatureDoesNotMatch */
  verifyTrailers(previous: string, text: string, claimed: string): void;
}

export const TRAILER_SIGNATURE = 'x-amz-trailer-signature';

/** For a listener without authentication: this proxy does not know who signed the chunks. */
export const UNVERIFIED_CHUNKS: ChunkSignatures = {
  seed: '',
  verifyChunk: (_previous, _chunkSha256, claimed) => claimed,
  verifyTrailers: () => {},
};

/** Where a chain of signatures begins: at that of the request. */
export interface ChunkLink {
  readonly seed: string;
  readonly timestamp: string;
  readonly scope: Scope;
  readonly signingKey: SigningKey;
}

/** How a request signs the chunks of its body, should it come in signed chunks; `unsignable` is a request of SigV2. */
export type ChunkSigning = ChunkLink | 'unverified' | 'unsignable';

/** @throws S3Error InvalidRequest for a request that can't sign chunks */
export function signaturesOf(signing: ChunkSigning): ChunkSignatures {
  if (signing === 'unverified') return UNVERIFIED_CHUNKS;
  if (signing !== 'unsignable') return chunkSignatures(signing);
  throw new S3Error('InvalidRequest', 'Signed chunks need a request that is signed with version 4.');
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html#sigv4-chunked-body-definition */
export function chunkSignatures(link: ChunkLink): ChunkSignatures {
  const verify = (kind: string, claimed: string, lines: readonly string[]): void => {
    const text = [`AWS4-HMAC-SHA256-${kind}`, link.timestamp, scopeText(link.scope), ...lines].join('\n');
    if (link.signingKey.hasSigned(text, claimed)) return;
    throw new S3Error(
      'SignatureDoesNotMatch',
      'The signature of a chunk or trailer does not match what we calculated. Check your key and signing method.',
    );
  };
  return {
    seed: link.seed,
    verifyChunk: (previous, chunkSha256, claimed) => {
      verify('PAYLOAD', claimed, [previous, EMPTY_SHA256, chunkSha256]);
      return claimed;
    },
    verifyTrailers: (previous, text, claimed) => {
      verify('TRAILER', claimed, [previous, createHash('sha256').update(text, 'latin1').digest('hex')]);
    },
  };
}

/**
 * Reads the lines after the last chunk. minio-go ends each with a bare line feed.
 * @param declared lower-case names of `x-amz-trailer`; each must be present, and nothing else except the signature
 * @throws S3Error MalformedTrailerError, SignatureDoesNotMatch
 */
export function parseTrailers(
  text: string,
  declared: readonly string[],
  signatures: ChunkSignatures | undefined,
  previous: string,
): Trailers {
  const trailers = new Map<string, string>();
  for (const line of text.split('\n')) {
    const bare = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (bare === '') continue;
    const colon = bare.indexOf(':');
    const name = bare.slice(0, colon).toLowerCase();
    const value = trimmed(bare.slice(colon + 1));
    if (colon < 1 || !/^[a-z0-9-]+$/.test(name) || trailers.has(name)) throw malformed();
    if (!/^[\x20-\x7e]*$/.test(value)) throw malformed();
    trailers.set(name, value);
  }
  const claimed = trailers.get(TRAILER_SIGNATURE);
  trailers.delete(TRAILER_SIGNATURE);
  if ((signatures !== undefined) !== (claimed !== undefined)) throw malformed();
  const missing = declared.filter((name) => !trailers.has(name));
  if (missing.length > 0) throw malformed(` It lacks ${missing.join(', ')}, which x-amz-trailer declares.`);
  if (trailers.size !== declared.length) throw malformed();
  const signed = [...trailers].map(([name, value]) => `${name}:${value}\n`).join('');
  if (claimed !== undefined) signatures?.verifyTrailers(previous, signed, claimed);
  return trailers;
}

function malformed(what = ''): S3Error {
  return new S3Error(
    'MalformedTrailerError',
    `The request contained trailing data that was not well-formed.${what}`,
  );
}
