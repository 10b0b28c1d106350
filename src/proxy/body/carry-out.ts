import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { checksumName } from '../../s3/body-hashes.ts';
import { ChunkDecoder } from '../../sigv4/chunk-decoder.ts';
import { ChunkEncoder } from '../../sigv4/chunk-encoder.ts';
import { through } from '../../steps.ts';
import type { Message } from '../message.ts';
import { chain } from './chain.ts';
import { checksumClaim } from './claims.ts';
import { EndGuard } from './end-guard.ts';
import { BodyGuard, startChecks } from './guard.ts';
import type { BodyPlan, Decoding, Guarding, Unsized } from './plan-body.ts';
import { throughCopying } from './through-copying.ts';

/**
 * Gives back the message with the body as its plan says. What is wrong with the body is found while it streams, and is an
 * error of the stream; only an empty one is read to its end first.
 * @throws S3Error BadDigest, XAmzContentSHA256Mismatch, IncompleteBody and the like for an empty body
 */
export function carryOut(plan: Exclude<BodyPlan, { kind: 'pass' }>, message: Message): Promise<Message> {
  if (plan.kind === 'absent') return checkNothing(plan, message);
  if (plan.kind === 'guard') return withhold(plan, message);
  return plan.kind === 'decode' ? decode(plan, message) : withholdEnd(plan, message);
}

/** The claims about a body that is not there. */
async function checkNothing(
  { claims, headers }: Pick<Guarding, 'claims' | 'headers'>,
  message: Message,
): Promise<Message> {
  for (const { verify } of await startChecks(claims)) verify();
  return { ...message, headers };
}

async function withhold({ length, claims, headers }: Guarding, message: Message): Promise<Message> {
  const stream = chain(message.stream, through(new BodyGuard(length, await startChecks(claims))));
  return await verified({ ...message, headers, stream }, length);
}

async function withholdEnd({ claims, headers }: Unsized, message: Message): Promise<Message> {
  const stream = chain(message.stream, through(new EndGuard(await startChecks(claims))));
  return { ...message, headers, stream };
}

async function decode(
  { length, claims, headers, signatures, trailers, checked, reframed }: Guarding & Decoding,
  message: Message,
): Promise<Message> {
  const decoder = new ChunkDecoder({ decodedLength: length, signatures, trailers });
  const ofTrailers = checked.map((name) =>
    checksumClaim(checksumName(name) ?? '', () => decoder.trailers.get(name)),
  );
  const guard = new BodyGuard(length, await startChecks([...claims, ...ofTrailers]));
  const encoder = new ChunkEncoder(length, () => decoder.trailers);
  // An empty one is all checked before its framing begins.
  const whole =
    reframed && length > 0
      ? throughCopying(message.stream, decoder, guard, encoder)
      : through(decoder, guard);
  const plain = await verified({ ...message, headers, stream: chain(message.stream, whole) }, length);
  if (!reframed) return plain;
  const stream = length > 0 ? plain.stream : chain(plain.stream, through(encoder));
  return { ...plain, headers: reframed, body: 'some', stream };
}

/** An empty body has no last byte to hold back: it is read to its end before the store hears of the request. */
async function verified(message: Message, length: number): Promise<Message> {
  if (length > 0) return message;
  message.begin('whole');
  message.stream.resume();
  await finished(message.stream, { writable: false });
  return { ...message, body: 'none', begin: () => {}, stream: Readable.from([], { objectMode: false }) };
}
