import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { readingIntoOneBuffer } from './one-buffer.ts';
import type { Upstream } from './upstream.ts';

/** Most idle connections kept to the store; busy ones are not limited. */
const MOST_IDLE = 256;

/** The connections to every upstream of a snapshot. */
export class Agents {
  #agents = new Map<Upstream, http.Agent>();

  readonly #lookup: LookupFunction | undefined;

  /** @param lookup how names become addresses; as the system does unless given */
  constructor(upstreams: Iterable<Upstream>, lookup?: LookupFunction) {
    this.#lookup = lookup;
    for (const upstream of upstreams) this.#agents.set(upstream, makeAgent(upstream, lookup));
  }

  /** @throws TypeError for an upstream of another snapshot */
  of(upstream: Upstream): http.Agent {
    const agent = this.#agents.get(upstream);
    if (!agent) throw new TypeError(`there are no connections to ${upstream.hostname}`);
    return agent;
  }

  /**
   * Those of the next snapshot. Connections to an upstream that stays are kept; those to another one go when the last
   * request by them has ended.
   */
  succeed(upstreams: Iterable<Upstream>): Agents {
    const next = new Agents([], this.#lookup);
    const left = new Map(this.#agents);
    for (const upstream of upstreams) {
      const kept = [...left].find(([old]) => sameConnections(old, upstream));
      if (kept) left.delete(kept[0]);
      next.#agents.set(upstream, kept?.[1] ?? makeAgent(upstream, this.#lookup));
    }
    for (const agent of left.values()) retire(agent);
    return next;
  }

  destroy(): void {
    for (const agent of this.#agents.values()) agent.destroy();
  }
}

/** Connections to the store, in all of its regions: kept alive for less time than the store would keep them. */
export function makeAgent({ protocol, ca, timeouts }: Upstream, lookup?: LookupFunction): http.Agent {
  const options = {
    keepAlive: true,
    maxFreeSockets: MOST_IDLE,
    scheduling: 'lifo' as const,
    timeout: timeouts.keepAlive,
    noDelay: true,
    ...(lookup === undefined ? {} : { lookup }),
  };
  return readingIntoOneBuffer(
    protocol === 'http:'
      ? new http.Agent(options)
      : new https.Agent({ ...options, minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) }),
  );
}

/** Would both be reached over the same connections? */
function sameConnections(one: Upstream, other: Upstream): boolean {
  return (
    one.protocol === other.protocol &&
    one.hostname === other.hostname &&
    one.port === other.port &&
    one.ca === other.ca &&
    one.timeouts.keepAlive === other.timeouts.keepAlive
  );
}

/** Lets requests finish that still go by it, and keeps no connection for another one. */
function retire(agent: http.Agent): void {
  agent.maxFreeSockets = 0;
  for (const idle of Object.values(agent.freeSockets)) for (const socket of idle ?? []) socket.destroy();
}
