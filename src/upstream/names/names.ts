import type { LookupAddress, LookupOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { foundWithin } from './found-within.ts';
import { canonicalName } from './host-name.ts';
import { NAME_LIMITS, NAME_WAITS, type NameLimits, type NameWaits } from './limits.ts';
import { NameError } from './name-error.ts';
import { type NameFigures, NameTally } from './name-tally.ts';
import { type Found, Resolution } from './resolution.ts';
import { Slots } from './slots.ts';

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

/** Names and their addresses, for all that this process connects to. */
export class Names {
  readonly #resolution: Resolution;
  readonly #now: () => number;
  readonly #waits: NameWaits;
  readonly #tally = new NameTally();
  readonly #slots = new Slots(NAME_LIMITS, this.#tally);
  /** By name; the one that was asked for longest ago is first. */
  readonly #entries = new Map<string, Entry>();
  #limits = NAME_LIMITS;

  /** @param now milliseconds that only grow */
  constructor(
    resolution: Resolution,
    now = () => performance.now(),
    { limits, waits }: { readonly limits?: Partial<NameLimits>; readonly waits?: Partial<NameWaits> } = {},
  ) {
    this.#resolution = resolution;
    this.#now = now;
    this.#waits = { ...NAME_WAITS, ...waits };
    this.use({ ...NAME_LIMITS, ...limits });
  }

  /** Look-ups that run go on as they began; the new limits are for what comes. */
  use(limits: NameLimits = NAME_LIMITS): void {
    this.#limits = limits;
    this.#slots.use(limits);
  }

  /** For metrics. */
  figures(): NameFigures {
    return this.#tally.figures(this.#limits, { ...this.#slots.used(), remembered: this.#entries.size });
  }

  /** What connections of this protocol ask instead of `dns.lookup`. */
  lookupFor(protocol: 'http:' | 'https:'): LookupFunction {
    return (name, options, callback) => {
      // TLS proves that the address is still the right one. Without it, one that went to somebody else gets the keys.
      const { keep, keepInsecure } = this.#limits;
      void this.#answer(name, protocol === 'https:' ? keep : keepInsecure, options, callback);
    };
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
    const pause = last ? this.#waits.staleness : this.#waits.pause;
    if (failed && now - failed.at < pause) {
      if (last) return this.#stale(last);
      throw failed.error;
    }
    const running = entry.running ?? this.#begin(name, entry, now);
    if (!last) return (await running.found).addresses;
    // A look-up that follows a failure is waited for by nobody: it may hang again.
    const patience = failed ? 0 : running.startedAt + this.#waits.patience - now;
    return (await foundWithin(patience, running.found)) ?? this.#stale(last);
  }

  #stale(last: readonly LookupAddress[]): readonly LookupAddress[] {
    this.#tally.stale += 1;
    return last;
  }

  #isFresh(entry: Entry, { at, ttl }: NonNullable<Entry['good']>, now: number): boolean {
    return now - at < ttl && !entry.failed && entry.servers === this.#resolution.servers();
  }

  #entryOf(name: string): Entry {
    const known = this.#entries.get(name);
    this.#entries.delete(name);
    if (!known) while (this.#entries.size >= this.#limits.remembered) this.#forgetOne(name);
    const entry = known ?? { servers: this.#resolution.servers() };
    this.#entries.set(name, entry);
    return entry;
  }

  #forgetOne(instead: string): void {
    this.#tally.hit('remembered');
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
    void found.then(
      ({ addresses, ttl }) => {
        this.#tally.ended('found');
        const least = Math.max(ttl, this.#waits.leastTtl);
        entry.good = { addresses, at: this.#now(), ttl: Math.min(least, this.#limits.ttl) };
        entry.failed = undefined;
        entry.running = undefined;
      },
      (error: NameError) => {
        // That there is no such name is an answer: it replaces the last one.
        if (error.code === 'ENOTFOUND') delete entry.good;
        this.#tally.ended(error.code === 'ENOTFOUND' ? 'unknown' : 'failed');
        entry.failed = { error, at: this.#now() };
        entry.running = undefined;
      },
    );
    return entry.running;
  }

  async #lookUp(name: string): Promise<Found> {
    const deadline = new AbortController();
    const timer = setTimeout(() => {
      this.#tally.hit('timeout');
      deadline.abort();
    }, this.#limits.timeout);
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

function ofFamily(
  addresses: readonly LookupAddress[],
  family: number | 'IPv4' | 'IPv6' | undefined,
): LookupAddress[] {
  const wanted = family === 'IPv4' ? 4 : family === 'IPv6' ? 6 : (family ?? 0);
  return addresses.filter((each) => wanted === 0 || each.family === wanted);
}
