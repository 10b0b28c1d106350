import type { Answer } from './answer.ts';
import { type Attempt, writes } from './attempt.ts';
import { converse } from './conversation.ts';
import type { Pool } from './pool.ts';
import { clientLeft } from './upstream-error.ts';

/**
 * Sends one request to the store and returns its response as soon as its headers have arrived.
 *
 * @throws the error of the body's stream; UpstreamError
 */
export async function forward(attempt: Attempt, pool: Pool): Promise<Answer> {
  const { upstream, headers, body, fresh, tally, signal } = attempt;
  const needs = {
    upstream,
    host: headers.host ?? upstream.hostname,
    fresh,
    writes: writes(attempt),
    signal,
    tally,
  };
  const connection = await pool.take(needs);
  // It may have failed, or its client have left, before anybody listened.
  const fault = body?.stream.errored ?? (signal.aborted ? clientLeft() : undefined);
  if (fault) {
    pool.release(connection);
    throw fault;
  }
  if (tally) tally.attempts = (tally.attempts ?? 0) + 1;
  return await converse(attempt, connection, () => pool.release(connection));
}
