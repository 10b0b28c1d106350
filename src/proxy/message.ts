import type { Readable } from 'node:stream';
import type { WireHeaders } from '../s3/headers.ts';

/**
 * What is said: a request as the client sent it, or as a store is to have it. It never changes; each step of the line
 * that has something to change makes the next one.
 */
export interface Message {
  readonly method: string;
  readonly headers: WireHeaders;
  readonly body: 'none' | 'some';
  readonly stream: Readable;
  /**
   * Asks a client that waits for `100 Continue` for the body. `whole`: nothing goes on before all of it is here, so that
   * it has its time.
   */
  readonly begin: (whole?: 'whole') => void;
}
