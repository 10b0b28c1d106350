/** What a load saw. Every answer was right. */
export interface Loaded {
  readonly requests: number;
  readonly seconds: number;
  /** Latency, in ms. */
  readonly p50: number;
  readonly p99: number;
}
