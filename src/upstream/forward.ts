import type { Answer } from './answer.ts';
import { type Attempt, writes } from './attempt.ts';
import type { Connection } from './connection.ts';
import { converse } from './conversation.ts';
import { endBy, endOf } from './end.ts';
import type { Pool } from './pool.ts';
import { clientLeft } from './upstream-error.ts';

/**
 * Sends one request to the store and returns its response as soon as its headers have arrived.
 *
 * @throws the error of the body's stream; UpstreamError
 */
export async function forward(attempt: Attempt, pool: Pool): Promise<Answer> {
  const { upstream, headers, body, fresh, tally, signal } = attempt;
  const needs = { upstream, host: headers.host ?? upstream.hostname, fresh, writes: writes(attempt), signal };
  const begun = performance.now();
  let connection: Connection | undefined;
  try {
    const taken = await pool.take(needs);
    connection = taken;
    taken.sentAt = performance.now();
    // It may have failed, or its client have left, before anybody listened.
    const fault = body?.stream.errored ?? (signal.aborted ? clientLeft() : undefined);
    if (fault) {
      pool.release(taken);
      throw fault;
    }
    if (tally) tally.attempts = (tally.attempts ?? 0) + 1;
    const answer = await converse(attempt, taken, () => pool.release(taken));
    pool.events.ended?.(endOf(answer.response.statusCode ?? 502), since(taken.sentAt));
    return answer;
  } catch (error) {
    const end = endBy(error);
    if (end) pool.events.ended?.(end, since(connection?.sentAt ?? begun));
    throw error;
  }
}

/** In seconds. */
function since(then: number): number {
  return (performance.now() - then) / 1000;
}
