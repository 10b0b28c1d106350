import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Connection, type Draining, newConnection } from './connection.ts';
import type { Load } from './load.ts';
import { noteRemote, remoteOf } from './remote.ts';

/**
 * How long a connection has to be idle before it gives way, in milliseconds: a busy client is about to use its own, and a
 * new one has a handshake to do and a request to begin.
 */
const KEPT_MS = 250;
const FRESH_MS = 1000;

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
  #yielding = false;

  constructor(load: Load) {
    this.load = load;
  }

  /** @returns undefined when there is no room, not even for a refusal in words */
  arrive(raw: Socket, secure = false): Connection | undefined {
    const { connections } = this.load.limits;
    const full = this.load.connections - this.load.refusals >= connections;
    const refused = full && !this.#yields();
    if (refused) {
      this.load.hit('connections');
      if (this.load.refusals >= this.load.limits.refusals) {
        this.load.hit('refusals');
        return undefined;
      }
    }
    const connection = newConnection(raw, { refused, ready: !secure });
    this.#of.set(raw, connection);
    noteRemote(raw, raw.remoteAddress);
    this.load.connections += 1;
    if (refused) this.#refuse(connection);
    else this.#fresh.add(connection);
    // It closes but once: `once` would keep a wrapper of 150 bytes as long as the connection is there.
    raw.on('close', () => this.#leave(connection));
    return connection;
  }

  /** Its handshake is done. */
  secured(connection: Connection, socket: Socket): void {
    connection.socket = socket;
    this.#of.set(socket, connection);
    noteRemote(socket, remoteOf(connection.raw).address);
    connection.ready = true;
    if (this.#fresh.delete(connection)) {
      // The time of its first head begins now, and it is the last in their order.
      connection.since = performance.now();
      this.#fresh.add(connection);
    }
    this.#endIfDone(connection);
  }

  /** Ends it behind its answers, or those of one more request; a client in the handshake is told so afterwards. */
  drain(connection: Connection, draining: Draining): void {
    const { latest } = connection;
    connection.draining = draining;
    if (latest && !latest.headersSent) latest.shouldKeepAlive = false;
    this.#endIfDone(connection);
  }

  of(socket: Socket): Connection | undefined {
    return this.#of.get(socket);
  }

  begin(connection: Connection, response: ServerResponse): void {
    connection.begun += 1;
    connection.answering += 1;
    this.load.underWay += 1;
    connection.latest = response;
    if (connection.draining !== 'no') response.shouldKeepAlive = false;
    if (connection.answering > this.load.deepest) this.load.deepest = connection.answering;
    this.#forget(connection);
  }

  end(connection: Connection): void {
    connection.answering -= 1;
    this.load.underWay -= 1;
    if (connection.answering > (connection.broken ? 1 : 0) || connection.socket.destroyed) return;
    connection.latest = undefined;
    if (connection.full || connection.draining !== 'no') {
      connection.socket.destroySoon();
      return;
    }
    connection.since = performance.now();
    this.#kept.add(connection);
  }

  /** Those whose next request took longer than a client may wait with it and take for its head, whatever they sent. */
  *overdue(): Generator<Connection> {
    const { keepAlive, head } = this.load.timeouts;
    const before = performance.now() - keepAlive - head;
    for (const connection of this.#kept) {
      if (connection.since > before) return;
      yield connection;
    }
  }

  /** The idle ones that have to give way, as there are more than the limit allows since a reload. */
  *surplus(): Generator<Connection> {
    const now = performance.now();
    let more =
      this.load.connections - this.load.refusals - this.load.limits.connections - (this.#yielding ? 1 : 0);
    for (const [idle, least] of [
      [this.#kept, KEPT_MS],
      [this.#fresh, FRESH_MS],
    ] as const)
      for (const connection of idle) {
        if (more <= 0) return;
        if (now - connection.since < least) break;
        more -= 1;
        yield connection;
      }
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
    if (draining === 'ends' && ready && answering === 0) socket.destroySoon();
  }

  #forget(connection: Connection): void {
    this.#kept.delete(connection);
    this.#fresh.delete(connection);
  }

  #refuse({ raw }: Connection): void {
    this.load.refusals += 1;
    const timer = setTimeout(() => {
      this.load.late('refusal');
      raw.destroy();
    }, this.load.timeouts.refusal);
    raw.once('close', () => {
      clearTimeout(timer);
      this.load.refusals -= 1;
    });
  }

  #leave(connection: Connection): void {
    this.load.connections -= 1;
    this.#forget(connection);
  }
}
