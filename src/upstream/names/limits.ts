/** How names are looked up. Times in milliseconds. */
export interface NameLimits {
  /** Look-ups at the same time, and those of one domain. A look-up opens a socket or two. */
  readonly lookups: number;
  readonly lookupsPerDomain: number;
  /** Names that are remembered. Buckets in host names are names too. */
  readonly remembered: number;
  /** A look-up ends after this time, the wait for its slot included. */
  readonly timeout: number;
  /** An answer is kept as long as its TTL says, at most this long. */
  readonly ttl: number;
  /** How long the last good addresses serve when look-ups fail: for connections with TLS, and without. */
  readonly keep: number;
  readonly keepInsecure: number;
}

export const NAME_LIMITS: NameLimits = {
  lookups: 32,
  lookupsPerDomain: 8,
  remembered: 1000,
  timeout: 10_000,
  ttl: 30_000,
  keep: 60 * 60_000,
  keepInsecure: 60_000,
};

/** What is not for a config to say. Times in milliseconds. */
export interface NameWaits {
  /** An answer is kept for this time at least. */
  readonly leastTtl: number;
  /** How long a connection waits for a look-up when there are older addresses. */
  readonly patience: number;
  /** How long nobody is asked after a failure, or after the answer that there is no such name. */
  readonly pause: number;
  /** The same while there are older addresses. */
  readonly staleness: number;
}

export const NAME_WAITS: NameWaits = { leastTtl: 1000, patience: 500, pause: 1000, staleness: 5000 };
