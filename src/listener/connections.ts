import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Load } from './load.ts';

/**
 * How long a connection has to be idle before it gives way, in milliseconds: a busy client is about to use its own, and a
 * new one has a handshake to do and a request to begin.
 */
const KEPT_MS = 250;
const FRESH_MS = 1000;
/** How long a connection above the limit is kept to be refused in words, in milliseconds, and how many of them there may be. */
const REFUSING_MS = 5000;
const MOST_REFUSED = 64;
const LEAST_REFUSED = 8;

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
  /** Its listener drains: it ends with its last answer. */
  draining: boolean;
}

/**
 * All connections of clients, within their limit. At the limit the one that has been idle the longest gives way to a new
 * one; if none is idle, the new one is refused.
 */
export class ClientConnections {
  readonly load: Load;
  readonly #of = new WeakMap<Socket, Connection>();
  /** Those without a request, the longest idle first: after an answer, and before a first request. */
  readonly #kept = new Set<Connection>();
  readonly #fresh = new Set<Connection>();
  #refused = 0;
  #yielding = false;

  constructor(load: Load) {
    this.load = load;
  }

  /** @returns undefined when there is no room, not even for a refusal in words */
  arrive(raw: Socket, secure = false): Connection | undefined {
    const { connections } = this.load.limits;
    const full = this.load.connections - this.#refused >= connections;
    const refused = full && !this.#yields();
    if (refused) {
      this.load.hit('connections');
      if (this.#refused >= mostRefused(connections)) return undefined;
    }
    const connection = newConnection(raw, { refused, ready: !secure });
    this.#of.set(raw, connection);
    this.load.connections += 1;
    if (refused) this.#refuse(connection);
    else this.#fresh.add(connection);
    raw.once('close', () => this.#leave(connection));
    return connection;
  }

  /** Its handshake is done. */
  secured(connection: Connection, socket: Socket): void {
    connection.socket = socket;
    this.#of.set(socket, connection);
    connection.ready = true;
    if (this.#fresh.delete(connection)) {
      // The time of its first head begins now, and it is the last in their order.
      connection.since = performance.now();
      this.#fresh.add(connection);
    }
    this.#endIfDone(connection);
  }

  /** Ends it behind its answers; a client in the handshake is told so afterwards. */
  drain(connection: Connection): void {
    const { latest } = connection;
    connection.draining = true;
    if (latest && !latest.headersSent) latest.shouldKeepAlive = false;
    this.#endIfDone(connection);
  }

  of(socket: Socket): Connection | undefined {
    return this.#of.get(socket);
  }

  begin(connection: Connection, response: ServerResponse): void {
    connection.begun += 1;
    connection.answering += 1;
    connection.latest = response;
    if (connection.answering > this.load.deepest) this.load.deepest = connection.answering;
    this.#forget(connection);
  }

  end(connection: Connection): void {
    connection.answering -= 1;
    if (connection.answering > (connection.broken ? 1 : 0) || connection.socket.destroyed) return;
    connection.latest = undefined;
    if (connection.full || connection.draining) {
      connection.socket.destroySoon();
      return;
    }
    connection.since = performance.now();
    this.#kept.add(connection);
  }

  /** Gives out, once, those whose first request has not begun within so many milliseconds. Handshakes have a time of their own. */
  takeLate(most: number): readonly Connection[] {
    const latest = performance.now() - most;
    const late: Connection[] = [];
    for (const connection of this.#fresh) {
      if (connection.since > latest) break;
      if (connection.ready) late.push(connection);
    }
    for (const connection of late) this.#fresh.delete(connection);
    return late;
  }

  /** Has an idle connection give way, when the loop has seen what arrived on it. */
  #yields(): boolean {
    // One a turn: the loop accepts one connection a turn.
    if (this.#yielding || !this.#longestIdle()) return false;
    this.#yielding = true;
    setImmediate(() => {
      this.#yielding = false;
      const leaving = this.#longestIdle();
      if (!leaving) return;
      this.#forget(leaving);
      leaving.socket.destroy();
    });
    return true;
  }

  #longestIdle(): Connection | undefined {
    const now = performance.now();
    const [[kept], [fresh]] = [this.#kept, this.#fresh];
    const found = [
      ...(kept && now - kept.since >= KEPT_MS ? [kept] : []),
      ...(fresh && now - fresh.since >= FRESH_MS ? [fresh] : []),
    ];
    return found.toSorted((a, b) => a.since - b.since)[0];
  }

  #endIfDone({ draining, ready, answering, socket }: Connection): void {
    if (draining && ready && answering === 0) socket.destroySoon();
  }

  #forget(connection: Connection): void {
    this.#kept.delete(connection);
    this.#fresh.delete(connection);
  }

  #refuse({ raw }: Connection): void {
    this.#refused += 1;
    const timer = setTimeout(() => raw.destroy(), REFUSING_MS);
    raw.once('close', () => {
      clearTimeout(timer);
      this.#refused -= 1;
    });
  }

  #leave(connection: Connection): void {
    this.load.connections -= 1;
    this.#forget(connection);
  }
}

function newConnection(raw: Socket, state: Pick<Connection, 'refused' | 'ready'>): Connection {
  return {
    raw,
    socket: raw,
    since: performance.now(),
    begun: 0,
    answering: 0,
    full: false,
    broken: false,
    latest: undefined,
    draining: false,
    ...state,
  };
}

function mostRefused(connections: number): number {
  return Math.min(MOST_REFUSED, Math.max(LEAST_REFUSED, Math.floor(connections / 8)));
}
