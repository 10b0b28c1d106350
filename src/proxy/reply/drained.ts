import type { Exchange } from '../exchange.ts';

/** How long a client that is still sending gets to read its answer before its connection ends. */
const LINGER_MS = 2000;
/** What is read meanwhile. A client that sends more waits, with its answer in its hands, until the connection ends. */
const MOST_BYTES = 4 * 1024 * 1024;
/** A body in chunks comes in a piece a chunk, and a chunk may be one byte. */
const MOST_PIECES = 1000;

type Draining = Pick<Exchange, 'request' | 'signal' | 'log'>;

/**
 * Reads on for a while before the connection closes: closing with unread data in the socket resets it, and the
 * client would lose the answer on its way.
 */
export function drained({ request, signal, log }: Draining): Promise<void> {
  return new Promise((resolve) => {
    // Its end may have been; an event that has passed does not come again.
    if (request.complete || request.destroyed || signal.aborted) {
      resolve();
      return;
    }
    const timer = setTimeout(resolve, LINGER_MS);
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    request.once('end', done).once('error', done);
    signal.addEventListener('abort', done, { once: true });
    // What took the body out of its framing is full and would have the request paused again.
    request.unpipe();
    // A client that was let in may send what it likes for as long; a stranger's work is bounded.
    if (log.client === undefined) discard(request);
    request.resume();
  });
}

/** Drops what comes where Node's parser hands it over, before a stream takes it, and stops reading at the limits. */
function discard(request: Draining['request']): void {
  let bytes = 0;
  let pieces = 0;
  const push = request.push.bind(request);
  request.push = (piece: Buffer | null): boolean => {
    if (piece === null) return push(null);
    bytes += piece.length;
    pieces += 1;
    // `false` makes the parser stop its socket, and nothing starts that again: the stream does not ask for more.
    return bytes <= MOST_BYTES && pieces <= MOST_PIECES;
  };
}
