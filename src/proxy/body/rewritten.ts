import { createHash } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { Gathered } from '../../gathered.ts';
import { checkBodyHashes, checksumName } from '../../s3/body-hashes.ts';
import type { WireHeaders } from '../../s3/headers.ts';
import { malformed } from '../../s3/tags.ts';
import { inTurns, type Work } from '../../turns.ts';
import type { Message } from '../message.ts';
import { chain } from './chain.ts';

interface Reading {
  /** In bytes. */
  readonly longest: number;
  /** What `x-amz-checksum-*` is about: the document, or the object that it completes. */
  readonly checksumOf: 'body' | 'object';
  /** @returns the document that the store gets instead */
  readonly rewrite: (document: string) => string | Work<string>;
}

/**
 * Reads the document that is the body of a request, checks it against its hashes, and gives back the message with the
 * rewritten one and hashes of that.
 *
 * @throws S3Error MalformedXML for one that is too long or no UTF-8; BadDigest, XAmzContentSHA256Mismatch
 */
export async function withRewrittenBody(
  message: Message,
  { longest, checksumOf, rewrite }: Reading,
): Promise<Message> {
  const ofBody = checksumOf === 'body' ? message.headers : withoutChecksums(message.headers);
  const body = await readBody(message, longest);
  await checkBodyHashes(ofBody, body);
  const work = rewrite(decodeUtf8(body));
  const rewritten = Buffer.from(typeof work === 'string' ? work : await inTurns(work));
  const kept = checksumOf === 'body' ? withoutChecksums(message.headers) : message.headers;
  return withBody(message, kept, rewritten);
}

async function readBody({ stream, begin }: Message, longest: number): Promise<Buffer> {
  begin('whole');
  const body = new Gathered();
  // Through a stream of its own, which an early end or an error destroys: the request's client is still to be answered.
  const bytes: AsyncIterable<Buffer> = chain(stream, new PassThrough());
  for await (const chunk of bytes) {
    if (body.size + chunk.byteLength > longest) throw malformed();
    body.add(chunk);
  }
  return body.bytes();
}

function withoutChecksums(headers: WireHeaders): WireHeaders {
  const checksums = [...headers.names()].filter((name) => checksumName(name) !== undefined);
  return headers.with({
    'x-amz-sdk-checksum-algorithm': undefined,
    ...Object.fromEntries(checksums.map((name) => [name, undefined])),
  });
}

function withBody(message: Message, kept: WireHeaders, body: Buffer): Message {
  const headers = kept.with({
    'content-length': String(body.byteLength),
    'content-md5': createHash('md5').update(body).digest('base64'),
    'x-amz-content-sha256': createHash('sha256').update(body).digest('hex'),
    'content-encoding': undefined,
  });
  return { ...message, headers, stream: Readable.from([body], { objectMode: false }), begin: () => {} };
}

function decodeUtf8(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (cause) {
    throw malformed(cause);
  }
}
