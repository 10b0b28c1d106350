import type { IncomingMessage } from 'node:http';
import { CLIENT_LIMITS, CLIENT_TIMEOUTS, type ClientLimits, type ClientTimeouts } from './bounds.ts';
import { FrontFaults } from './front-faults.ts';
import type { RefusedBytes } from './refusal.ts';
import { TlsFailures } from './tls-failures.ts';

/** Of the limit of connections, how much more there may be for refusals in words; and that much in any case. */
const REFUSED_SHARE = 1 / 8;
const LEAST_REFUSED = 8;

export type LimitName = keyof ClientLimits;
/** The phases of the options, and `rest`: what is still to come of a body whose answer is out. */
export type Phase = keyof ClientTimeouts | 'rest';

export interface Bounds {
  readonly timeouts?: ClientTimeouts | undefined;
  readonly limits?: ClientLimits | undefined;
  /** How many connections the process has descriptors for; undefined when that is not known. */
  readonly room?: number | undefined;
}

/** What has its place among the requests of a client, once it has begun. */
export interface Entering {
  entered?: string | undefined;
}

/** What all clients have under way, against what they may have. One for all listeners; it outlives a reload. */
export class Load {
  timeouts: ClientTimeouts = CLIENT_TIMEOUTS;
  /** As they are used: no more connections than there are descriptors for, and a share of them for refusals. */
  limits: ClientLimits = CLIENT_LIMITS;
  /** Open connections, in the handshake too. */
  connections = 0;
  /** Those of them that are there to be refused in words. */
  refusals = 0;
  /** The most requests that one connection has had at once since the metric was read last. */
  deepest = 0;
  /** Requests without the end of their answer, of all clients. */
  underWay = 0;
  /** Handshakes that failed. */
  readonly tls = new TlsFailures();
  readonly requests = new Slots();
  readonly copies = new Slots();
  /** Connections of listeners with the PROXY protocol. */
  readonly fronts = new FrontFaults();
  /** Do many answers wait for slow clients? Then new connections should take little memory. */
  areManySlow: () => boolean = () => false;
  /** Takes what never became a request and was answered. */
  refusedBytes: (refused: RefusedBytes) => void = () => {};
  readonly #hits = new Map<LimitName, number>();
  readonly #late = new Map<Phase, number>();
  readonly #room: number;

  constructor({ room = Number.POSITIVE_INFINITY, ...bounds }: Bounds = {}) {
    this.#room = room;
    this.use(bounds);
  }

  /** What is under way finishes; the new bounds are for what comes. */
  use({ timeouts = CLIENT_TIMEOUTS, limits = CLIENT_LIMITS }: Bounds): void {
    this.timeouts = timeouts;
    const connections = Math.min(limits.connections, this.#room);
    const mostRefused = Math.max(LEAST_REFUSED, Math.floor(connections * REFUSED_SHARE));
    this.limits = { ...limits, connections, refusals: Math.min(limits.refusals, mostRefused) };
  }

  /** A request of this client begins. @returns false when the client has too many */
  enter(request: Entering, client: string): boolean {
    if (!this.requests.take(client, this.limits.requestsPerClient)) {
      this.hit('requestsPerClient');
      return false;
    }
    request.entered = client;
    return true;
  }

  /** The request is done, if it had begun. */
  leave(request: Entering): void {
    const client = request.entered;
    if (client === undefined) return;
    request.entered = undefined;
    this.requests.leave(client);
  }

  /** What is under way; of `requestsPerConnection` the most since this was asked last. */
  used(limit: LimitName): number {
    if (limit === 'connections') return this.connections;
    if (limit === 'requestsPerClient') return this.requests.most();
    if (limit === 'copies') return this.copies.most();
    if (limit === 'refusals') return this.refusals;
    const { deepest } = this;
    this.deepest = 0;
    return deepest;
  }

  hit(limit: LimitName): void {
    this.#hits.set(limit, this.hits(limit) + 1);
  }

  hits(limit: LimitName): number {
    return this.#hits.get(limit) ?? 0;
  }

  /** A phase took longer than it may. */
  late(phase: Phase): void {
    this.#late.set(phase, this.timeoutsOf(phase) + 1);
  }

  timeoutsOf(phase: Phase): number {
    return this.#late.get(phase) ?? 0;
  }
}

/** So many holders may have nothing and be kept: a client's next request is about to come. */
const MOST_KEPT = 64;

/** How many of something each of several holders has. One that has nothing takes no memory where there are many. */
class Slots {
  readonly #taken = new Map<string, number>();

  /** @returns whether there was one left */
  take(holder: string, most: number): boolean {
    const taken = this.#taken.get(holder) ?? 0;
    if (taken >= most) return false;
    this.#taken.set(holder, taken + 1);
    return true;
  }

  leave(holder: string): void {
    const left = (this.#taken.get(holder) ?? 0) - 1;
    if (left > 0 || (left === 0 && this.#taken.size <= MOST_KEPT)) this.#taken.set(holder, left);
    else this.#taken.delete(holder);
  }

  /** What the holder with the most of them has. */
  most(): number {
    return Math.max(0, ...this.#taken.values());
  }
}

/** Requests above a limit, with that. */
const overloads = new WeakMap<IncomingMessage, LimitName>();

/** This request is to be refused, and its connection ends behind the refusal. */
export function overload(request: IncomingMessage, limit: LimitName): void {
  overloads.set(request, limit);
}

/** The limit of the listener that a request is above, if it is above one. */
export function overloadOf(request: IncomingMessage): LimitName | undefined {
  return overloads.get(request);
}
