import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** One connection of a client, and what is under way on it. */
export interface Connection {
  /** Below TLS. */
  readonly raw: Socket;
  /** Where the requests come from; `raw` until a handshake is done. */
  socket: Socket;
  /** Since when it is idle. */
  since: number;
  /** Requests that have begun on it, and those of them without an answer yet. */
  begun: number;
  answering: number;
  /** Above the limit of connections: its first request is refused. */
  readonly refused: boolean;
  /** Nothing more on it is a request: it ends behind the answers to those that have begun. */
  full: boolean;
  /** The body of the last request broke off: it ends behind the answers before that one. */
  broken: boolean;
  /** The answer to the latest of its requests, while it has any. */
  latest: ServerResponse | undefined;
  /** The handshake is done, or there is none. */
  ready: boolean;
  /** Bytes that the handshake took. */
  handshakeBytes: number;
  draining: Draining;
}

/**
 * Whether its listener drains. `ends`: it ends with its last answer, and at once if it has none under way. `last request`: if it
 * has none, it waits for one more.
 */
export type Draining = 'no' | 'last request' | 'ends';

export function newConnection(raw: Socket, state: Pick<Connection, 'refused' | 'ready'>): Connection {
  return {
    raw,
    socket: raw,
    since: performance.now(),
    begun: 0,
    answering: 0,
    full: false,
    broken: false,
    latest: undefined,
    handshakeBytes: 0,
    draining: 'no',
    ...state,
  };
}
