import type { Duplex, Readable } from 'node:stream';
import { bodyFaults } from '../../listener/body-fault.ts';

/** Pipes without ending the client's connection when something behind it fails: the client is still to be answered. */
export function chain(source: Readable, next: Duplex): Duplex {
  source.once('error', (error) => next.destroy(error));
  // Its fault may come before anybody who takes the body listens; a reader asks for `errored` first.
  next.on('error', () => {});
  const fault = source.errored ?? bodyFaults.get(source);
  if (fault) next.destroy(fault);
  // A request without a body has ended before anybody looks: its end does not come again.
  if (source.readableEnded) {
    next.end();
    return next;
  }
  return source.pipe(next);
}
