import type { Answer } from './answer.ts';
import { type Attempt, writes } from './attempt.ts';
import { converse } from './conversation.ts';
import { endBy, endOf } from './end.ts';
import type { Pool } from './pool.ts';
import { areManySlow } from './slow-clients.ts';
import { clientLeft } from './upstream-error.ts';

/**
 * Sends one request to the store and returns its response as soon as its headers have arrived.
 *
 * @throws the error of the body's stream; UpstreamError
 */
export async function forward(attempt: Attempt, pool: Pool): Promise<Answer> {
  const { upstream, method, headers, body, fresh, tally, signal } = attempt;
  // Its answer may be long. Without TLS nothing stays in memory anyway, and http-proxy reads in its own way.
  const mayBeLean =
    method === 'GET' && !body && upstream.protocol === 'https:' && upstream.transport === 'direct';
  const needs = {
    upstream,
    host: headers.host ?? upstream.hostname,
    fresh,
    writes: writes(attempt),
    lean: mayBeLean && areManySlow(),
    signal,
    tally,
  };
  const begun = performance.now();
  let out = false;
  try {
    const connection = await pool.take(needs);
    // It may have failed, or its client have left, before anybody listened.
    const fault = body?.stream.errored ?? (signal.aborted ? clientLeft() : undefined);
    if (fault) {
      pool.release(connection);
      throw fault;
    }
    out = true;
    if (tally) {
      tally.attempts = (tally.attempts ?? 0) + 1;
      tally.connection = connection.idleSince > 0 ? 'reused' : 'new';
    }
    const answer = await converse(attempt, connection, pool);
    pool.events.ended?.(endOf(answer.response.statusCode ?? 502), tally?.storeMs ?? 0);
    return answer;
  } catch (error) {
    const end = endBy(error);
    // Without a connection all of the time was the store's.
    if (end) pool.events.ended?.(end, out ? (tally?.storeMs ?? 0) : performance.now() - begun);
    throw error;
  }
}
