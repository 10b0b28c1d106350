import { createHash, type Hash } from 'node:crypto';
import { S3Error } from '../s3/errors.ts';
import type { Next, Step } from '../steps.ts';
import { type ChunkSignatures, parseTrailers, TRAILER_SIGNATURE, type Trailers } from './chunk-trailers.ts';

/** Longer than any size line or trailer that a client has reason to send. */
const MOST_LINE_BYTES = 4096;
const MOST_TRAILER_BYTES = 16 * 1024;
/** "Each chunk but the last must be at least 8 KB": for signed chunks, so that a client can't cause a signature per byte. */
const LEAST_CHUNK_BYTES = 8192;
const SMALL_BYTES = 4096;

const [CR, LF] = [13, 10];
const MOST_DIGITS = 12;
const DIGITS: ReadonlyMap<number, number> = new Map(
  '0123456789abcdefABCDEF'.split('').map((digit) => [digit.charCodeAt(0), Number.parseInt(digit, 16)]),
);

export interface ChunkOptions {
  /** `x-amz-decoded-content-length`: the total of the chunks, in bytes. */
  readonly decodedLength: number;
  /** How chunks are signed; undefined for `STREAMING-UNSIGNED-PAYLOAD-TRAILER`. */
  readonly signatures: ChunkSignatures | undefined;
  /** Lower-case names of `x-amz-trailer`; undefined when the mode has no trailers. */
  readonly trailers: readonly string[] | undefined;
}

type State = 'size' | 'data' | 'data-end' | 'trailers' | 'done';

/**
 * Decodes the framing of aws-chunked while a body streams; it never buffers a whole chunk. Data leave before the signature
 * of their chunk is verified: a reader that stores them must wait for the end of the body, which comes only when every
 * signature, the length and the trailers are right.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 *
 * Throws S3Errors: SignatureDoesNotMatch, IncompleteBody, InvalidChunkSizeError, MalformedTrailerError.
 */
export class ChunkDecoder implements Step {
  /** The trailers, once the body has ended. */
  trailers: Trailers = new Map();
  readonly #options: ChunkOptions;
  #state: State = 'size';
  #line = '';
  /** The lines of the trailers that have come, and what is known of them. */
  #trailerLines: string[] = [];
  #trailerSize = 0;
  #hasTrailer = false;
  #hasSignature = false;
  /** Data of small chunks, that go on together. */
  readonly #small = Buffer.allocUnsafe(SMALL_BYTES);
  #smallSize = 0;
  #left = 0;
  #decoded = 0;
  #chunkSize = 0;
  #chunkHash: Hash | undefined;
  #claimed = '';
  #previous: string;
  #next: Next = () => undefined;

  constructor(options: ChunkOptions) {
    this.#options = options;
    this.#previous = options.signatures?.seed ?? '';
  }

  take(bytes: Buffer, next: Next): void {
    this.#next = next;
    let at = 0;
    while (at < bytes.length) at = this.#take(bytes, at);
    this.#passSmall();
  }

  end(): void {
    // The last blank line may be missing when nothing follows the last chunk.
    if (this.#state === 'trailers') this.#endTrailers();
    if (this.#state !== 'done') throw incomplete();
    if (this.#line.trim() !== '') throw malformed('something follows the end of it');
  }

  #take(bytes: Buffer, at: number): number {
    if (this.#state === 'data') return this.#takeData(bytes, at);
    const quick = this.#takeQuickly(bytes, at);
    if (quick > at) return quick;
    const end = bytes.indexOf(10, at);
    const upTo = end < 0 ? bytes.length : end + 1;
    this.#line += bytes.toString('latin1', at, upTo);
    if (this.#line.length + this.#trailerSize > this.#longestLine()) {
      throw malformed('a line of its framing is too long');
    }
    if (end >= 0) this.#takeLine();
    return upTo;
  }

  /**
   * A whole line of an unsigned chunk, without making a text of it: clients may send a byte a chunk. The place behind
   * it, or the same place where it is something else.
   */
  #takeQuickly(bytes: Buffer, from: number): number {
    if (this.#line !== '' || this.#options.signatures) return from;
    if (this.#state === 'data-end') {
      if (bytes[from] !== CR || bytes[from + 1] !== LF) return from;
      this.#state = 'size';
      return from + 2;
    }
    if (this.#state !== 'size') return from;
    let size = 0;
    let at = from;
    for (; at - from < MOST_DIGITS; at += 1) {
      const digit = DIGITS.get(bytes[at] ?? -1);
      if (digit === undefined) break;
      size = size * 16 + digit;
    }
    if (at === from || bytes[at] !== CR || bytes[at + 1] !== LF) return from;
    this.#beginSized(size, '');
    return at + 2;
  }

  #pass(data: Buffer): void {
    if (data.length > SMALL_BYTES - this.#smallSize) this.#passSmall();
    if (data.length > SMALL_BYTES) this.#next(data);
    else this.#smallSize += data.copy(this.#small, this.#smallSize);
  }

  #passSmall(): void {
    if (this.#smallSize > 0) this.#next(Buffer.from(this.#small.subarray(0, this.#smallSize)));
    this.#smallSize = 0;
  }

  #longestLine(): number {
    return this.#state === 'trailers' ? MOST_TRAILER_BYTES : MOST_LINE_BYTES;
  }

  #takeData(bytes: Buffer, at: number): number {
    const upTo = Math.min(bytes.length, at + this.#left);
    // Mostly it is all of what a read brought.
    const data = upTo - at === bytes.length ? bytes : bytes.subarray(at, upTo);
    this.#chunkHash?.update(data);
    this.#left -= data.length;
    this.#pass(data);
    if (this.#left === 0) this.#state = 'data-end';
    return upTo;
  }

  #takeLine(): void {
    const line = this.#line;
    this.#line = '';
    if (this.#state === 'trailers') {
      this.#takeTrailer(line);
      return;
    }
    if (this.#state === 'done') {
      if (line.trim() !== '') throw malformed('something follows the end of it');
      return;
    }
    if (!line.endsWith('\r\n')) throw malformed('a line of its framing does not end in CRLF');
    if (this.#state === 'size') this.#beginChunk(line.slice(0, -2));
    else this.#endChunk(line);
  }

  #beginChunk(line: string): void {
    const { signatures } = this.#options;
    const match = /^([0-9a-fA-F]{1,12})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(line);
    if (!match || (signatures !== undefined) !== (match[2] !== undefined)) {
      throw malformed(`a chunk does not begin with its size${signatures ? ' and signature' : ''}`);
    }
    this.#beginSized(Number.parseInt(match[1] as string, 16), match[2] ?? '');
  }

  #beginSized(size: number, claimed: string): void {
    const { signatures, decodedLength } = this.#options;
    const afterShort = this.#decoded > 0 && this.#chunkSize < LEAST_CHUNK_BYTES;
    if (signatures && size > 0 && afterShort) {
      throw new S3Error(
        'InvalidChunkSizeError',
        'Only the last chunk is allowed to have a size less than 8192 bytes',
      );
    }
    this.#decoded += size;
    if (this.#decoded > decodedLength) throw incomplete();
    this.#claimed = claimed;
    this.#chunkHash = signatures && createHash('sha256');
    this.#chunkSize = size;
    this.#left = size;
    if (size > 0) this.#state = 'data';
    else this.#endBody();
  }

  #endChunk(line: string): void {
    if (line !== '\r\n') throw malformed('a chunk is longer than its size says');
    this.#verifyChunk();
    this.#state = 'size';
  }

  #endBody(): void {
    this.#verifyChunk();
    if (this.#decoded !== this.#options.decodedLength) throw incomplete();
    this.#state = 'trailers';
  }

  #verifyChunk(): void {
    const { signatures } = this.#options;
    if (!signatures || !this.#chunkHash) return;
    this.#previous = signatures.verifyChunk(this.#previous, this.#chunkHash.digest('hex'), this.#claimed);
  }

  /** A blank line ends them, but minio-go has one before the signature, and some have one before everything. */
  #trailersComplete(line: string): boolean {
    if (line !== '\n' && line !== '\r\n') return false;
    const { trailers, signatures } = this.#options;
    if (trailers === undefined) return true;
    return signatures ? this.#hasSignature : trailers.length === 0 || this.#hasTrailer;
  }

  #takeTrailer(line: string): void {
    this.#trailerLines.push(line);
    this.#trailerSize += line.length;
    this.#hasSignature ||= line.includes(`${TRAILER_SIGNATURE}:`);
    this.#hasTrailer ||= line.trim() !== '';
    if (this.#trailersComplete(line)) this.#endTrailers();
  }

  #endTrailers(): void {
    const { trailers, signatures } = this.#options;
    const text = this.#trailerLines.join('') + this.#line;
    if (trailers === undefined) {
      if (text.trim() !== '') throw malformed('something follows its last chunk');
    } else {
      this.trailers = parseTrailers(text, trailers, signatures, this.#previous);
    }
    this.#line = '';
    this.#trailerLines = [];
    this.#trailerSize = 0;
    this.#state = 'done';
  }
}

function incomplete(): S3Error {
  return new S3Error(
    'IncompleteBody',
    'You did not provide the number of bytes specified by the x-amz-decoded-content-length HTTP header.',
  );
}

function malformed(what: string): S3Error {
  return new S3Error('IncompleteBody', `The aws-chunked body is malformed: ${what}.`);
}
