import type { UpstreamEnd } from '../upstream-end.ts';

/** What happened in a pool, to be counted. */
export interface PoolEvents {
  /** A request was refused, since there was no connection for it in time. */
  refused(reason: 'queue' | 'wait' | 'outage' | 'credentials'): void;
  /** A request waits, since all connections are in use. */
  waited?(): void;
  /** One that waited goes on, or is refused. */
  waitedFor?(seconds: number): void;
  /** A request was answered, or was not, and the store was waited for so long. */
  ended?(end: UpstreamEnd, milliseconds: number): void;
  /** An answer broke off in its middle by a fault of the store. */
  broke?(): void;
}
