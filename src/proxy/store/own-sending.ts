import { Readable } from 'node:stream';
import { WireHeaders } from '../../s3/headers.ts';
import type { Asker } from '../exchange.ts';
import type { Message } from '../message.ts';
import type { Plan } from '../plan/plan.ts';
import type { AttemptKeys, Sending } from './sending.ts';

/** What a request of the proxy's own says beside its plan. */
export interface OwnWords {
  readonly headers?: WireHeaders;
  readonly body?: OwnBody;
  /** Only these go with it: by default it goes without a key, whatever its rule says. */
  readonly keys?: AttemptKeys;
}

/** `length` in bytes; undefined when the headers say how long the body is behind its framing. */
export type OwnBody = Buffer | { readonly stream: Readable; readonly length: number | undefined };

/** A request that the proxy makes itself, of a plan of its own. */
export function ownSending(plan: Plan, { headers, body, keys = {} }: OwnWords, asker: Asker): Sending {
  return { message: ownMessage(plan, headers, body), plan, keys, asker };
}

export function ownMessage({ operation }: Plan, headers = NO_HEADERS, body?: OwnBody): Message {
  const { method } = operation;
  if (body === undefined) return { method, headers, body: 'none', stream: nothing(), begin };
  const { stream, length } = Buffer.isBuffer(body) ? { stream: whole(body), length: body.byteLength } : body;
  if (length === undefined) return { method, headers, body: 'some', stream, begin };
  const sized = headers.with({ 'content-length': String(length) });
  return { method, headers: sized, body: length > 0 ? 'some' : 'none', stream, begin };
}

export const NO_HEADERS = new WireHeaders([]);

function whole(body: Buffer): Readable {
  return Readable.from([body], { objectMode: false });
}

function nothing(): Readable {
  return Readable.from([], { objectMode: false });
}

/** Nobody waits to be asked for a body of the proxy's own. */
function begin(): void {}
