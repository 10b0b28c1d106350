import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { systemNames } from './names/names.ts';
import { readingIntoOneBuffer } from './one-buffer.ts';
import type { Upstream } from './upstream.ts';

/** Most idle connections kept to the store; busy ones are not limited. */
const MOST_IDLE = 256;

/** The connections to every upstream of a snapshot. */
export class Agents {
  #agents = new Map<Upstream, http.Agent>();

  readonly #lookup: LookupFunction | undefined;

  /** @param lookup resolves names to addresses; by default the names of the process */
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
   * The agents of the next snapshot. Connections to an unchanged upstream are kept; others close after the last request on
   * them.
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

/** Connections to the store, in all its regions: kept alive for a shorter time than the store keeps them. */
export function makeAgent(
  { protocol, ca, timeouts }: Upstream,
  lookup: LookupFunction = systemNames.lookupFor(protocol),
): http.Agent {
  const options = {
    keepAlive: true,
    maxFreeSockets: MOST_IDLE,
    scheduling: 'lifo' as const,
    timeout: timeouts.keepAlive,
    noDelay: true,
    lookup,
  };
  return readingIntoOneBuffer(
    protocol === 'http:'
      ? new http.Agent(options)
      : new https.Agent({
          ...options,
          minVersion: 'TLSv1.2',
          // Ignores NODE_TLS_REJECT_UNAUTHORIZED.
          rejectUnauthorized: true,
          ...(ca === undefined ? {} : { ca }),
        }),
  );
}

/** Can both use the same connections? */
function sameConnections(one: Upstream, other: Upstream): boolean {
  return (
    one.protocol === other.protocol &&
    one.hostname === other.hostname &&
    one.port === other.port &&
    one.ca === other.ca &&
    one.timeouts.keepAlive === other.timeouts.keepAlive
  );
}

/** Lets its requests finish, and keeps no connection after them. */
function retire(agent: http.Agent): void {
  agent.maxFreeSockets = 0;
  for (const idle of Object.values(agent.freeSockets)) for (const socket of idle ?? []) socket.destroy();
}
