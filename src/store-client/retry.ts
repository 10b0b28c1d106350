import { setTimeout as sleep } from 'node:timers/promises';
import type { StoreResponse } from '../upstream/response.ts';
import { UpstreamError } from '../upstream/upstream-error.ts';

export interface Backoff {
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** The first wait, in milliseconds; each further one is twice as long, up to 100 times the first. */
  readonly firstWait?: number;
}

const TRIES = 6;
const FIRST_WAIT_MS = 200;
/** "You should reduce your request rate", and the response of a gateway in front of a busy store. */
const BUSY: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

/**
 * Sends a request again while the store is busy or the connection breaks, with waits that double and are shortened
 * randomly, so that many requests do not come back at the same time. Returns the last response or error.
 */
export async function withRetries(
  send: () => Promise<StoreResponse>,
  { random, signal, firstWait = FIRST_WAIT_MS }: Backoff,
): Promise<StoreResponse> {
  for (let tried = 1; ; tried += 1) {
    const last = tried === TRIES;
    try {
      const response = await send();
      if (last || !BUSY.has(response.statusCode ?? 0)) return response;
      response.resume();
    } catch (error) {
      if (last || !(error instanceof UpstreamError)) throw error;
    }
    const longest = firstWait * Math.min(2 ** (tried - 1), 100);
    await sleep(longest * (0.5 + random() / 2), undefined, { signal });
  }
}
