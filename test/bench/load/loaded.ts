/** What a load saw. Every answer was right. */
export interface Loaded {
  readonly requests: number;
  readonly seconds: number;
  /** Latency, in ms. */
  readonly p50: number;
  readonly p99: number;
}

/** The value that the share of the sorted numbers is not above. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
