import type { Readable } from 'node:stream';
import type { Signal } from '../leaving.ts';
import type { Upstream } from './upstream.ts';

/** What the attempts of one request are noted in. */
export interface Tally {
  /** How many had a connection to go out on. */
  attempts?: number | undefined;
  /** How long the store was waited for in the last one, in milliseconds. */
  storeMs?: number | undefined;
  /** How long a connection was waited for, in milliseconds: in all of them. */
  waitedMs?: number | undefined;
  /** Of the last one: was its connection used before? */
  connection?: 'new' | 'reused' | undefined;
  /** How many bytes of the body were passed on in the last one. */
  bytesIn?: number | undefined;
}

/** One attempt at the store. */
export interface Attempt {
  /** That of the pool, or the same in another region. */
  readonly upstream: Upstream;
  readonly method: string;
  /** Raw target: reaches the store byte for byte. */
  readonly path: string;
  /** Names in lower case, values one character a byte; `host` is among them. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body to stream to the store, started only when the connection is open; undefined without a body. */
  readonly body: { readonly stream: Readable; readonly begin: () => void } | undefined;
  /** Not on a connection that was used before. */
  readonly fresh: boolean;
  readonly tally?: Tally;
  /** Aborted when the client leaves. What may change something at the store is still waited for once it is all sent. */
  readonly signal: Signal;
  /** What it does is undone when the client leaves: then its answer is waited for no longer than a moment. */
  readonly undone?: boolean | undefined;
}

/** May this change anything at the store? */
export function writes({ method }: Pick<Attempt, 'method'>): boolean {
  return method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS';
}
