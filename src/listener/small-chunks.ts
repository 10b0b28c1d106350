import type { IncomingMessage } from 'node:http';
import { S3Error } from '../s3/errors.ts';
import { bodyFaults, failBody } from './body-fault.ts';
import { stopTaking } from './stop-taking.ts';

/** Larger pieces are not worth a copy. */
const SMALL_BYTES = 1024;
/** How much of small pieces goes on together. */
const GATHERED_BYTES = 16 * 1024;
/** From this many pieces on they must be this large on average: the parser's own work for each can't be bounded else. */
const FREE_PIECES = 4096;
const LEAST_AVERAGE_BYTES = 12;
/** What clients are told: a chunk that is cut where a read of the socket ends comes in two pieces. */
const ASKED_BYTES = 16;

/**
 * Makes the body of a request in chunks come in pieces worth their work. Node's parser hands over a piece for each
 * chunk, and a client may send a byte a chunk: each would go through every stream up to the store. Small ones that arrive
 * together go on together, and a body of almost nothing else is refused.
 */
export function gatherSmallChunks(request: IncomingMessage): void {
  const push = request.push.bind(request);
  let [pieces, bytes, size] = [0, 0, 0];
  let gathered: Buffer | undefined;
  // In a piece of its own size: one that waits must not hold more memory than it counts for.
  const handOn = (): void => {
    if (size === 0 || !gathered) return;
    const together = Buffer.from(gathered.subarray(0, size));
    size = 0;
    push(together);
  };
  const gather = (piece: Buffer): boolean => {
    if (size + piece.length > GATHERED_BYTES) handOn();
    // Behind all that was read from the socket at once. A tick would be too early: of all the parser's callbacks that of a
    // piece alone ends a callback scope, which runs the ticks, so that each piece would go on by itself. Who then takes a
    // piece a turn takes ten thousand turns for 64 KiB, and seems to hang.
    if (size === 0) setImmediate(handOn);
    gathered ??= Buffer.allocUnsafeSlow(GATHERED_BYTES);
    size += piece.copy(gathered, size);
    // `false` stops the socket. Something is gathered now, so there is always a push to come, after which the stream asks
    // for more and starts the socket again.
    return request.readableLength + size < request.readableHighWaterMark;
  };
  request.push = (piece: Buffer | null): boolean => {
    if (bodyFaults.has(request)) return piece === null && push(null);
    if (piece === null) {
      handOn();
      return push(null);
    }
    pieces += 1;
    bytes += piece.length;
    if (pieces > FREE_PIECES && bytes < pieces * LEAST_AVERAGE_BYTES) {
      size = 0;
      refuse(request);
      return false;
    }
    if (piece.length < SMALL_BYTES) return gather(piece);
    handOn();
    return push(piece);
  };
}

function refuse(request: IncomingMessage): void {
  const fault = new S3Error(
    'InvalidRequest',
    `The chunks of the body are too small: send chunks of at least ${ASKED_BYTES} bytes, better of 8 KiB or more, or a Content-Length.`,
  );
  failBody(request, fault);
  stopTaking(request);
}
