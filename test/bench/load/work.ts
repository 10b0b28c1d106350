import type { Call } from './call.ts';

/** What clients ask for, and what they must get. Every answer is compared. */
export interface Work {
  readonly calls: readonly Call[];
  /** The body of each answer. Undefined where it is not looked at. */
  readonly answer?: Buffer;
  /** How many bytes of a body the origin must have got, at the least. */
  readonly received?: number;
  readonly connections: number;
  /**
   * `wrk` by default; `links` for what wrk can't do: answers to HEAD, and large bodies, which it would hold whole, and of
   * which it does not wait for the last ones.
   */
  readonly by?: 'wrk' | 'links';
  /** What one request moves, in MiB, where the cost a MiB is what counts. */
  readonly mib?: number;
  /** Of the connections of the clients, with `links`. */
  readonly tls?: 'TLSv1.2' | 'TLSv1.3';
  /** Every request has a connection of its own, which resumes a TLS session or does not. With `links`. */
  readonly handshakes?: 'full' | 'resumed';
}
