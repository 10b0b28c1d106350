import { S3Error } from '../../s3/errors.ts';
import { UNSIZED_LIMITS } from '../../snapshot/unsized-limits.ts';
import { StoreRefusal } from '../copy/store-refusal.ts';
import type { Exchange } from '../exchange.ts';
import type { Message } from '../message.ts';
import type { Plan } from '../plan/plan.ts';
import { sendError } from '../reply/send.ts';
import type { Serving } from '../serving.ts';
import { beginningOf } from './beginning.ts';
import { inPieces } from './in-pieces.ts';
import { PartReader } from './part-reader.ts';
import { putInParts } from './put-in-parts.ts';
import { Room } from './room.ts';

/**
 * Finds out how long a body is that came without a length, for a store that wants one: a short one is read into memory, and
 * goes on as if its client had known. A longer one of a PutObject is written as a multipart upload of the proxy's own, and
 * answered as the PutObject that it is.
 *
 * @returns the message with its length; `answered` when there is nothing left to do
 * @throws S3Error EntityTooLarge for what is too long; SlowDown when there is no room for it; the errors of the body, of its
 *   checks, and of the store
 */
export async function measure(
  exchange: Exchange,
  message: Message,
  plan: Plan,
  serving: Serving,
): Promise<Message | 'answered'> {
  const limits = serving.snapshot.limits.unsized ?? UNSIZED_LIMITS;
  const room = new Room(exchange, serving, limits);
  const reader = new PartReader(message.stream);
  const unsized = { reader, room, limits };
  const inParts = plan.operation.name === 'PutObject';
  const most = inParts ? limits.part : room.largestWhole;
  let short = false;
  try {
    const begun = await beginningOf(unsized, message.begin, most);
    short = begun.whole;
    if (short) return sized(message, begun.pieces);
    if (!inParts) throw tooLong(plan, most);
    await putInParts({ exchange, asker: exchange, message, plan, serving }, unsized, begun.pieces[0]);
  } catch (error) {
    if (!(error instanceof StoreRefusal) || exchange.signal.aborted) throw error;
    await refuseAs(exchange, error);
  } finally {
    reader.leave();
    // A short one is sent yet, perhaps twice.
    if (short && !exchange.response.closed) exchange.response.once('close', () => room.leave());
    else room.leave();
  }
  return 'answered';
}

function sized(message: Message, pieces: readonly Buffer[]): Message {
  const length = pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
  return {
    ...message,
    headers: message.headers.with({ 'content-length': String(length) }),
    body: length > 0 ? 'some' : 'none',
    stream: inPieces(pieces),
    begin: () => {},
  };
}

async function refuseAs(exchange: Exchange, { status, said }: StoreRefusal): Promise<void> {
  // Of an upload that the client knows nothing of.
  if (said.code === 'NoSuchUpload') {
    exchange.log.cause = "the proxy's own multipart upload is gone at the store";
    throw new S3Error('ServiceUnavailable', 'The store did not keep what was written. Please try again.');
  }
  exchange.log.code = said.code;
  await sendError(exchange, status, said, []);
}

function tooLong({ operation }: Plan, most: number): S3Error {
  return new S3Error(
    'EntityTooLarge',
    `Without a Content-Length the body of ${operation.name} may have at most ${most} bytes at this store. Send it with its Content-Length, or less at once.`,
    { fields: { MaxSizeAllowed: String(most) }, reason: 'half of limits.unsizedBodies is the most' },
  );
}
