import type { Signal } from '../leaving.ts';
import type { Tally } from './attempt.ts';
import type { Upstream } from './upstream.ts';

/** Where a request goes, and what it needs of its connection. */
export interface Needs {
  /** That of the pool, or the same in another region. */
  readonly upstream: Upstream;
  /** The Host header. */
  readonly host: string;
  /** Not a connection that was used before. */
  readonly fresh: boolean;
  /** Whether what is sent may change something at the store. */
  readonly writes: boolean;
  /** It is to take little memory, though each byte costs more. */
  readonly lean?: boolean;
  readonly signal: Signal;
  readonly tally?: Tally | undefined;
}
