import type { IncomingMessage } from 'node:http';

const whole = new WeakSet<IncomingMessage>();

/** Nothing goes on before all of this body is here: it has its time from now on, however steadily it drips. */
export function readWhole(request: IncomingMessage): void {
  whole.add(request);
}

export function isReadWhole(request: IncomingMessage): boolean {
  return whole.has(request);
}
