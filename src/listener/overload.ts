import type { IncomingMessage } from 'node:http';
import type { LimitName } from './load.ts';

const overloads = new WeakMap<IncomingMessage, LimitName>();

/** This request is to be refused, and its connection ends behind the refusal. */
export function overload(request: IncomingMessage, limit: LimitName): void {
  overloads.set(request, limit);
}

/** The limit of the listener that a request is above, if it is above one. */
export function overloadOf(request: IncomingMessage): LimitName | undefined {
  return overloads.get(request);
}
