import type { LookupAddress, LookupOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { canonicalName } from './host-name.ts';
import { NameError } from './name-error.ts';
import { type Found, Resolution } from './resolution.ts';
import { Slots } from './slots.ts';

/** Times in milliseconds. */
export interface NameLimits {
  /** Names that are remembered. Buckets in host names are names too. */
  readonly names: number;
  /** Look-ups at the same time, and those of one domain. A look-up opens a socket or two. */
  readonly running: number;
  readonly perDomain: number;
  /** A look-up ends after this time, the wait for its slot included. */
  readonly deadline: number;
  /** An answer is kept as long as its TTL says, within these. */
  readonly leastTtl: number;
  readonly mostTtl: number;
  /** How long a connection waits for a look-up when there are older addresses. */
  readonly patience: number;
  /** How long nobody is asked after a failure, or after the answer that there is no such name. */
  readonly pause: number;
  /** The same while there are older addresses. */
  readonly staleness: number;
  /** How long the last good addresses serve when look-ups fail, by the protocol of the connection. */
  readonly kept: Readonly<Record<'http:' | 'https:', number>>;
}

const LIMITS: NameLimits = {
  names: 1000,
  running: 32,
  perDomain: 8,
  deadline: 10_000,
  leastTtl: 1000,
  mostTtl: 30_000,
  patience: 500,
  pause: 1000,
  staleness: 5000,
  // TLS proves that the address is still the store's. Without it, an address that went to somebody else gets the keys.
  kept: { 'http:': 60_000, 'https:': 60 * 60_000 },
};

interface Entry {
  /** The last good addresses. */
  good?: { readonly addresses: readonly LookupAddress[]; readonly at: number; readonly ttl: number };
  /** Why the last look-up has no addresses. */
  failed?: { readonly error: NameError; readonly at: number } | undefined;
  /** The look-up that runs; all who ask wait for the same one. */
  running?: { readonly found: Promise<Found>; readonly startedAt: number } | undefined;
  /** Who was asked. */
  servers: object;
}

/** Names and their addresses, for all connections of the process to stores. */
export class Names {
  readonly #resolution: Resolution;
  readonly #now: () => number;
  readonly #limits: NameLimits;
  readonly #slots: Slots;
  /** By name; the one that was asked for longest ago is first. */
  readonly #entries = new Map<string, Entry>();

  /** @param now milliseconds that only grow */
  constructor(resolution: Resolution, now = () => performance.now(), limits: Partial<NameLimits> = {}) {
    this.#resolution = resolution;
    this.#now = now;
    this.#limits = { ...LIMITS, ...limits };
    this.#slots = new Slots({ all: this.#limits.running, perDomain: this.#limits.perDomain });
  }

  /** What a connection of this protocol asks instead of `dns.lookup`. */
  lookupFor(protocol: 'http:' | 'https:'): LookupFunction {
    const kept = this.#limits.kept[protocol];
    return (name, options, callback) => void this.#answer(name, kept, options, callback);
  }

  async #answer(
    name: string,
    kept: number,
    { family, all }: LookupOptions,
    callback: Parameters<LookupFunction>[2],
  ): Promise<void> {
    let fitting: LookupAddress[];
    try {
      fitting = ofFamily(await this.addresses(name, kept), family);
    } catch (error) {
      callback(error as NameError, '');
      return;
    }
    const [first] = fitting;
    if (!first) callback(new NameError('ENOTFOUND', name, 'no address of this family'), '');
    else if (all) callback(null, fitting);
    else callback(null, first.address, first.family);
  }

  /** @param kept how long the last good addresses may serve, in milliseconds @throws NameError */
  async addresses(asked: string, kept: number): Promise<readonly LookupAddress[]> {
    const name = canonicalName(asked);
    const local = this.#resolution.local(name);
    if (local) return local;
    const now = this.#now();
    const entry = this.#entryOf(name);
    const { good, failed } = entry;
    if (good && this.#isFresh(entry, good, now)) return good.addresses;
    const last = good && now - good.at < kept ? good.addresses : undefined;
    const pause = last ? this.#limits.staleness : this.#limits.pause;
    if (failed && now - failed.at < pause) {
      if (last) return last;
      throw failed.error;
    }
    const running = entry.running ?? this.#begin(name, entry, now);
    if (!last) return (await running.found).addresses;
    // A look-up that follows a failure is waited for by nobody: it may hang again.
    const patience = failed ? 0 : running.startedAt + this.#limits.patience - now;
    return await orLast(running.found, last, patience);
  }

  #isFresh(entry: Entry, { at, ttl }: NonNullable<Entry['good']>, now: number): boolean {
    return now - at < ttl && !entry.failed && entry.servers === this.#resolution.servers();
  }

  #entryOf(name: string): Entry {
    const known = this.#entries.get(name);
    this.#entries.delete(name);
    if (!known && this.#entries.size >= this.#limits.names) this.#forgetOne(name);
    const entry = known ?? { servers: this.#resolution.servers() };
    this.#entries.set(name, entry);
    return entry;
  }

  #forgetOne(instead: string): void {
    for (const [name, { running }] of this.#entries) {
      if (running) continue;
      this.#entries.delete(name);
      return;
    }
    throw new NameError('EAI_AGAIN', instead, 'too many names are being looked up');
  }

  #begin(name: string, entry: Entry, now: number): NonNullable<Entry['running']> {
    entry.servers = this.#resolution.servers();
    const found = this.#lookUp(name);
    entry.running = { found, startedAt: now };
    const { leastTtl, mostTtl } = this.#limits;
    void found.then(
      ({ addresses, ttl }) => {
        entry.good = { addresses, at: this.#now(), ttl: Math.min(Math.max(ttl, leastTtl), mostTtl) };
        entry.failed = undefined;
        entry.running = undefined;
      },
      (error: NameError) => {
        // That there is no such name is an answer: it replaces the last one.
        if (error.code === 'ENOTFOUND') delete entry.good;
        entry.failed = { error, at: this.#now() };
        entry.running = undefined;
      },
    );
    return entry.running;
  }

  async #lookUp(name: string): Promise<Found> {
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), this.#limits.deadline);
    try {
      const free = await this.#slots.take(name, deadline.signal);
      if (!free) throw new NameError('EAI_AGAIN', name, 'too many look-ups are running');
      try {
        return await this.#resolution.remote(name, deadline.signal);
      } finally {
        free();
      }
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The names of this process: what one connection has learnt, all others know. */
export const systemNames = new Names(new Resolution());

/** What a look-up finds, or the last addresses when it fails or takes longer. @throws NameError when there is no such name */
async function orLast(
  found: Promise<Found>,
  last: readonly LookupAddress[],
  patience: number,
): Promise<readonly LookupAddress[]> {
  if (patience <= 0) return last;
  const late = Promise.withResolvers<readonly LookupAddress[]>();
  const timer = setTimeout(() => late.resolve(last), patience);
  try {
    const asked = found.then(
      ({ addresses }) => addresses,
      (error: NameError) => {
        if (error.code === 'ENOTFOUND') throw error;
        return last;
      },
    );
    return await Promise.race([asked, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function ofFamily(
  addresses: readonly LookupAddress[],
  family: number | 'IPv4' | 'IPv6' | undefined,
): LookupAddress[] {
  const wanted = family === 'IPv4' ? 4 : family === 'IPv6' ? 6 : (family ?? 0);
  return addresses.filter((each) => wanted === 0 || each.family === wanted);
}
