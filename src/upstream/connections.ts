import type { LookupFunction } from 'node:net';
import type { UpstreamEnd } from '../upstream-end.ts';
import { type Names, systemNames } from './names/names.ts';
import { Pool } from './pool.ts';
import type { PoolEvents } from './pool-events.ts';
import type { Upstream } from './upstream.ts';

/** What happened at an upstream, to be counted. */
interface ConnectionEvents {
  refused(upstream: string, reason: Parameters<PoolEvents['refused']>[0]): void;
  waited(upstream: string): void;
  waitedFor(upstream: string, seconds: number): void;
  ended(upstream: string, end: UpstreamEnd, milliseconds: number): void;
  broke(upstream: string): void;
}

interface Options {
  /** Resolve names to addresses; by default those of the process. */
  readonly names?: Pick<Names, 'lookupFor'> | undefined;
  /** In place of names. */
  readonly lookup?: LookupFunction | undefined;
  readonly events?: ConnectionEvents;
}

/** The connections to every upstream of a snapshot. */
export class Connections {
  #pools = new Map<Upstream, Pool>();
  readonly #options: Options;

  constructor(upstreams: Iterable<Upstream>, options: Options = {}) {
    this.#options = options;
    for (const upstream of upstreams) this.#pools.set(upstream, poolOf(upstream, options));
  }

  /** @throws TypeError for an upstream of another snapshot */
  of(upstream: Upstream): Pool {
    const pool = this.#pools.get(upstream);
    if (!pool) throw new TypeError(`there are no connections to ${upstream.hostname}`);
    return pool;
  }

  /** For metrics, by the name of the upstream. */
  figures(): readonly (Pool['figures'] & { readonly upstream: string })[] {
    return [...this.#pools].map(([{ name }, { figures }]) => ({ upstream: name, ...figures }));
  }

  /**
   * The connections of the next snapshot. Those to an unchanged upstream are kept; others close after the last request on
   * them.
   */
  succeed(upstreams: Iterable<Upstream>): Connections {
    const next = new Connections([], this.#options);
    const left = new Map(this.#pools);
    for (const upstream of upstreams) {
      const [old, pool] = [...left].find(([one]) => sameConnections(one, upstream)) ?? [];
      if (old) left.delete(old);
      pool?.follow(upstream);
      next.#pools.set(upstream, pool ?? poolOf(upstream, this.#options));
    }
    for (const pool of left.values()) pool.retire();
    return next;
  }

  destroy(): void {
    for (const pool of this.#pools.values()) pool.destroy();
  }
}

/** The connections to one store alone. */
export function poolOf(upstream: Upstream, { lookup, names = systemNames, events }: Options = {}): Pool {
  // Nothing else of the upstream, with its credentials, is kept for as long as the pool.
  const { name } = upstream;
  return new Pool(upstream, lookup ?? names.lookupFor(upstream.protocol), {
    refused: (reason) => events?.refused(name, reason),
    waited: () => events?.waited(name),
    waitedFor: (seconds) => events?.waitedFor(name, seconds),
    ended: (end, milliseconds) => events?.ended(name, end, milliseconds),
    broke: () => events?.broke(name),
  });
}

/** Can both use the same connections, and are these counted under one name? */
function sameConnections(one: Upstream, other: Upstream): boolean {
  return (
    one.name === other.name &&
    one.protocol === other.protocol &&
    one.hostname === other.hostname &&
    one.port === other.port &&
    one.ca === other.ca
  );
}
