import type { Answer } from '../../upstream/answer.ts';
import { UpstreamError } from '../../upstream/upstream-error.ts';
import type { Outbound } from './outbound.ts';
import type { Sending, Stores } from './sending.ts';

/** Of a path in the log, in characters. */
const MOST_PATH = 512;

/**
 * Tells of one attempt, for somebody who looks for what goes wrong with a request: the level debug says how it ended, and
 * trace that it begins. Header values are in neither.
 */
export async function told(
  answer: Promise<Answer>,
  { asker: { log: record } }: Sending,
  { method, path }: Pick<Outbound, 'method' | 'path'>,
  log: NonNullable<Stores['log']>,
): Promise<Answer> {
  const { id, ssecKeyId, upstream, region, retried } = record;
  const begun = performance.now();
  const asked = { id, method, path: path.slice(0, MOST_PATH), upstream, region, ssecKeyId };
  log.trace(asked, 'an attempt begins');
  const how = (): object => {
    const { attempts, connection, storeMs } = record;
    const because = retried?.split(' ').at(-1);
    return { ...asked, attempt: attempts, because, connection, storeMs, ms: performance.now() - begun };
  };
  try {
    const { response } = await answer;
    log.debug({ ...how(), upstreamStatus: response.statusCode }, 'an attempt was answered');
    return await answer;
  } catch (error) {
    const fault = error instanceof UpstreamError ? error.fault : undefined;
    const cause = error instanceof Error ? error.message : String(error);
    log.debug({ ...how(), fault, cause }, 'an attempt failed');
    throw error;
  }
}
