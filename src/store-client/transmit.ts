import { Readable } from 'node:stream';
import { understood } from '../outgoing/understood.ts';
import { forward } from '../upstream/forward.ts';
import type { Pool } from '../upstream/pool.ts';
import type { StoreResponse } from '../upstream/response.ts';
import type { Upstream } from '../upstream/upstream.ts';

interface Transmission {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | Readable | undefined;
  readonly signal: AbortSignal;
}

/**
 * One request over the upstream's connections, within its time limits.
 * @throws UpstreamError; the signal's reason when it is aborted
 */
export async function transmit(
  { body, signal, ...request }: Transmission,
  upstream: Upstream,
  pool: Pool,
): Promise<StoreResponse> {
  signal.throwIfAborted();
  try {
    const attempt = { ...request, upstream, body: streamed(body), fresh: false, signal };
    const answer = await forward(attempt, pool);
    const { response, destroy } = upstream.dialect
      ? understood(answer, upstream.dialect, request.headers)
      : answer;
    signal.addEventListener('abort', destroy, { once: true });
    response.once('close', () => signal.removeEventListener('abort', destroy));
    return response;
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
}

function streamed(body: Transmission['body']) {
  if (body === undefined || (body instanceof Uint8Array && body.byteLength === 0)) return undefined;
  const stream = body instanceof Uint8Array ? Readable.from([body], { objectMode: false }) : body;
  return { stream, begin: () => {} };
}
