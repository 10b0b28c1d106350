import type { Exchange } from '../exchange.ts';

/** How long a client that is still sending gets to read its answer before its connection ends. */
const LINGER_MS = 2000;

/**
 * Reads on for a while before the connection closes: closing with unread data in the socket resets it, and the
 * client would lose the answer on its way.
 */
export function drained({ request, signal }: Pick<Exchange, 'request' | 'signal'>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, LINGER_MS);
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    request.once('end', done).once('error', done);
    signal.addEventListener('abort', done, { once: true });
    // What took the body out of its framing is full and would have the request paused again.
    request.unpipe();
    request.resume();
  });
}
