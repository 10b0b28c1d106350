import type { Attempt } from './attempt.ts';
import type { Connection } from './connection.ts';
import type { StoreResponse } from './response.ts';

/**
 * Carries one request and its answer over a connection. It knows HTTP; phases, deadlines and what an answer is worth
 * belong to the conversation that it reports to.
 */
export type Transport = (connection: Connection, attempt: Attempt, reports: Reports) => Carriage;

/** One request under way. Its head is on its way when a transport returns it. */
export interface Carriage {
  /** Of the body. @returns false when no more should come before `drained` */
  write(piece: Buffer): boolean;
  /** The request is whole. */
  end(): void;
  /** The request is whole, and the socket took all of it. */
  taken(): boolean;
  /** Nothing more is reported. */
  leave(): void;
}

/** What a transport reports. None of it comes before it has returned. */
export interface Reports {
  drained(): void;
  /** From now on `taken` says yes. */
  allTaken(): void;
  informed(): void;
  answered(response: StoreResponse): void;
  /** Bytes of the answer's body came. Those of its framing alone do not count: sizes and trailers may drip for ever. */
  progressed(): void;
  /** What came is not HTTP. A response that is not complete stays open. */
  failed(error: unknown): void;
  /** No more will come: the connection ended. A response that is not complete stays open. */
  closed(): void;
  /** Request and answer are complete, and the connection may carry the next request. */
  freed(): void;
}
