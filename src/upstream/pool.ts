import type { LookupFunction, Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import { connect, trustIn } from './connect.ts';
import { Connection, type Waiting } from './connection.ts';
import { laneOf, servernameOf } from './lane.ts';
import type { Needs } from './needs.ts';
import { OUTAGE_LIMITS, Outage } from './outage.ts';
import type { PoolEvents } from './pool-events.ts';
import { RefusedPairs } from './refused-pairs.ts';
import { socketsRead } from './sockets-read.ts';
import { TlsSessions } from './tls-sessions.ts';
import type { Upstream } from './upstream.ts';
import { clientLeft, UpstreamError } from './upstream-error.ts';
import { WaitingLine } from './waiting-line.ts';

/**
 * On a connection that has been idle for longer, in milliseconds, no write begins: the store may be closing it, and a
 * write that meets its end can't be repeated. A store that was seen to close one sooner gets less.
 */
const FRESH_MS = 250;
/** Of the time after which a store closed an idle connection, the part in which writes begin on others. */
const SAFE_SHARE = 0.5;

interface PoolFigures extends Readonly<Outage['figures']> {
  /** Pairs of credentials that the store refuses, so that it is not asked by them. */
  readonly refusedPairs: number;
  readonly open: number;
  readonly idle: number;
  readonly waiting: number;
  readonly most: number;
  readonly mostWaiting: number;
  /** When the certificate that the store showed last ends, in seconds of Unix time. */
  readonly certificateEnds: number | undefined;
}

/**
 * The connections to one store, in all its regions: as many as `limits.connections` at a time, reused latest first. A
 * request that finds none waits for one: in a queue of a bounded length, for a bounded time, in the order of arrival.
 */
export class Pool {
  #upstream: Upstream;
  readonly #lookup: LookupFunction;
  /** What happens is told here. */
  readonly events: PoolEvents;
  /** How the pairs of credentials that sign stand with the store. */
  readonly pairs = new RefusedPairs();
  readonly #all = new Set<Connection>();
  /** By where they lead, the latest last. */
  readonly #idle = new Map<string, Connection[]>();
  readonly #line: WaitingLine;
  readonly #sessions = new TlsSessions();
  readonly #outage = new Outage(() => this.#upstream.outage ?? OUTAGE_LIMITS);
  /** Places for connections that are about to be opened. */
  #promised = 0;
  /** How long a connection may have been idle when a write begins on it, in milliseconds. */
  #fresh = FRESH_MS;
  #retired = false;
  /** Upstreams that it follows, and those in other regions, trust the same. */
  #trust: SecureContext | undefined;
  #certificateEnds: number | undefined;
  /** Where the latest request went. Most go where the one before went. */
  #latest: { readonly upstream: Upstream; readonly host: string; readonly lane: string } | undefined;
  readonly #keeping: Waiting = { late: (connection) => this.#expire(connection) };

  constructor(upstream: Upstream, lookup: LookupFunction, events: PoolEvents) {
    this.#upstream = upstream;
    this.#lookup = lookup;
    this.events = events;
    this.#line = new WaitingLine(events);
  }

  /** Its limits, and the times of connections to come, are those of another snapshot from now on. */
  follow(upstream: Upstream): void {
    this.#upstream = upstream;
    // With the one before go its credentials, which nobody may need any more.
    this.#latest = undefined;
    this.#closeIdle(upstream.limits.connections);
    this.#serve();
  }

  /** For metrics. */
  get figures(): PoolFigures {
    let idle = 0;
    for (const lane of this.#idle.values()) idle += lane.length;
    return {
      open: this.#all.size,
      idle,
      waiting: this.#line.waiters.length,
      most: this.#upstream.limits.connections,
      mostWaiting: this.#upstream.limits.queue,
      certificateEnds: this.#certificateEnds,
      refusedPairs: this.pairs.refused,
      ...this.#outage.figures,
    };
  }

  /**
   * A connection that is open, for one request. It goes back by `release`, or is destroyed.
   * @throws UpstreamError busy, outage, connect-timeout, unreachable, reset; client-left when the signal is aborted
   */
  async take(needs: Needs): Promise<Connection> {
    if (needs.signal.aborted) throw clientLeft();
    const lane = needs.lean ? `${this.#laneOf(needs)} lean` : this.#laneOf(needs);
    for (let kept = this.#kept(lane, needs); kept; kept = this.#kept(lane, needs)) {
      // What has arrived is seen now, and not after the request was written: an end, or bytes that nobody asked for, which
      // would be taken for the answer.
      await socketsRead();
      if (kept.usable) {
        kept.quiet = true;
        return kept;
      }
      this.#closedByStore(performance.now() - kept.idleSince);
      kept.destroy();
    }
    this.#requireReach();
    return (await this.#room(lane, needs)) ?? (await this.#open(lane, needs));
  }

  /** The request on it is done. */
  release(connection: Connection): void {
    const above = this.#all.size + this.#promised > this.#upstream.limits.connections;
    if (!connection.usable || this.#retired || above) {
      connection.destroy();
      return;
    }
    connection.idleSince = performance.now();
    connection.quiet = false;
    // What comes now, an end above all, is seen as it comes.
    connection.socket.resume();
    // Ends before the store ends it.
    connection.waits = this.#keeping;
    connection.deadline.begin(this.#upstream.timeouts.keepAlive);
    const lane = this.#idle.get(connection.lane);
    if (lane) lane.push(connection);
    else this.#idle.set(connection.lane, [connection]);
    this.#serve();
  }

  /** Lets its requests finish, and keeps no connection after them. */
  retire(): void {
    this.#retired = true;
    for (const lane of this.#idle.values()) for (const idle of lane) idle.destroy();
  }

  destroy(): void {
    this.#retired = true;
    for (let first = this.#line.waiters[0]; first; first = this.#line.waiters[0]) first.fail(clientLeft());
    for (const connection of this.#all) connection.destroy();
  }

  #laneOf({ upstream, host }: Needs): string {
    const latest = this.#latest;
    if (latest?.upstream === upstream && latest.host === host) return latest.lane;
    const lane = laneOf({ upstream, host });
    this.#latest = { upstream, host, lane };
    return lane;
  }

  /**
   * The idle connection that was used last, if it will do. At the limit it need not be lean: it would be closed for one that is,
   * and where kinds of requests take turns, each would open a connection of its own.
   */
  #kept(lane: string, needs: Needs): Connection | undefined {
    const { fresh, writes, lean } = needs;
    if (fresh) return undefined;
    for (;;) {
      const full = this.#all.size + this.#promised >= this.#upstream.limits.connections;
      const another = lean && full ? this.#idle.get(this.#laneOf(needs)) : undefined;
      const last = (this.#idle.get(lane) ?? another)?.at(-1);
      if (!last) return undefined;
      if (last.usable && writes && performance.now() - last.idleSince > this.#fresh) return undefined;
      this.#noLongerIdle(last);
      if (last.usable) return last;
      this.#closedByStore(performance.now() - last.idleSince);
      last.destroy();
    }
  }

  /** The store has kept it for as long as was wanted. */
  #expire(connection: Connection): void {
    this.#fresh = FRESH_MS;
    this.#noLongerIdle(connection);
    connection.destroy();
  }

  #closedByStore(idleFor: number): void {
    this.#fresh = Math.min(this.#fresh, idleFor * SAFE_SHARE);
  }

  #noLongerIdle(connection: Connection): void {
    connection.deadline.pause();
    connection.waits = undefined;
    const lane = this.#idle.get(connection.lane);
    if (!lane) return;
    // Mostly it is the one that was used last.
    if (lane.at(-1) === connection) lane.pop();
    else {
      const at = lane.lastIndexOf(connection);
      if (at < 0) return;
      lane.splice(at, 1);
    }
    if (lane.length === 0) this.#idle.delete(connection.lane);
  }

  /** @throws UpstreamError outage */
  #requireReach(): void {
    if (this.#outage.admits(performance.now())) return;
    this.#serve();
    this.events.refused('outage');
    throw new UpstreamError(
      'outage',
      `the store could not be reached several times in a row, and is left alone for a moment: ${this.#outage.cause}`,
    );
  }

  /**
   * Waits until there is room for a new connection, which is then promised to this request.
   * @returns one that another request gave back meanwhile
   */
  async #room(lane: string, needs: Needs): Promise<Connection | undefined> {
    if (this.#line.waiters.length > 0 || !this.#makeRoom())
      return await this.#line.wait(lane, needs, this.#upstream.limits);
    this.#promised += 1;
    return undefined;
  }

  #makeRoom(): boolean {
    return this.#closeIdle(this.#upstream.limits.connections - 1);
  }

  /** Closes those that nobody needs until no more than so many are held. @returns whether that is so */
  #closeIdle(most: number): boolean {
    while (this.#all.size + this.#promised > most) {
      // The one that has been idle for longest, of the first place.
      const [oldest] = this.#idle.values().next().value ?? [];
      if (!oldest) return false;
      this.#noLongerIdle(oldest);
      this.#all.delete(oldest);
      oldest.destroy();
    }
    return true;
  }

  /** Lets the next ones go on, as far as there is something for them. */
  #serve(): void {
    for (let next = this.#line.waiters[0]; next; next = this.#line.waiters[0]) {
      const kept = this.#kept(next.lane, next.needs);
      if (!kept && !this.#makeRoom()) return;
      if (!kept) this.#promised += 1;
      next.go(kept);
    }
  }

  async #open(lane: string, { upstream, host, signal, lean }: Needs): Promise<Connection> {
    this.#promised -= 1;
    this.#requireReach();
    this.#outage.begin();
    const connection = new Connection(lane, lean);
    this.#trust ??= trustIn(upstream);
    const opened = connect(connection, upstream, {
      servername: servernameOf(host),
      trust: this.#trust,
      lookup: this.#lookup,
      session: this.#sessions.get(lane),
      onSession: (session) => this.#sessions.keep(lane, session),
    });
    this.#all.add(connection);
    connection.socket.once('close', () => this.#gone(connection));
    const leave = (): void => connection.destroy(clientLeft());
    signal.addEventListener('abort', leave, { once: true });
    // It may have left while this request waited for room.
    if (signal.aborted) leave();
    try {
      await opened;
    } catch (error) {
      this.#gone(connection);
      const { fault, message } = UpstreamError.from(error);
      if (fault === 'client-left' || fault === 'busy') this.#outage.unknown();
      else this.#outage.failed(performance.now(), message);
      throw error;
    } finally {
      signal.removeEventListener('abort', leave);
    }
    this.#outage.reached();
    this.#certificateEnds = certificateEnd(connection.socket) ?? this.#certificateEnds;
    return connection;
  }

  #gone(connection: Connection): void {
    if (this.#idle.get(connection.lane)?.includes(connection) && !this.#retired)
      this.#closedByStore(performance.now() - connection.idleSince);
    this.#noLongerIdle(connection);
    if (this.#all.delete(connection)) this.#serve();
  }
}

/** A connection that goes on with an earlier session may show none. */
function certificateEnd(socket: Socket): number | undefined {
  const until = socket instanceof TLSSocket ? socket.getPeerX509Certificate()?.validToDate : undefined;
  return until && until.getTime() / 1000;
}
