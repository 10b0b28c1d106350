import type { SseKey } from '../../keys/key.ts';
import { parseStoreError, readErrorText } from '../../response/store-error.ts';
import { S3Error } from '../../s3/errors.ts';
import { mayBeAboutKey, readFailure } from '../../s3/read-failure.ts';
import { echoOf } from '../../ssec/headers.ts';
import type { Answer } from '../../upstream/answer.ts';
import type { Judged, KeySearch, Verdict } from './search.ts';

/**
 * What an answer with a document says of the key that was tried; a document that is read for it stays with it.
 * @returns a promise only for an answer that may be about the key
 */
export function verdictOf(
  search: KeySearch,
  answer: Answer,
  ssecKey: SseKey | undefined,
): Judged | Promise<Judged> {
  const status = answer.response.statusCode ?? 0;
  return status >= 200 && status < 300
    ? { verdict: contentSays(search, answer, ssecKey), answer }
    : documentSays(search, answer);
}

async function documentSays(search: KeySearch, answer: Answer): Promise<Judged> {
  const status = answer.response.statusCode ?? 0;
  const { provider, timeouts } = search.request.plan.upstream;
  const { keyRefusals } = provider;
  if (!mayBeAboutKey(keyRefusals, status)) return { verdict: 'other', answer };
  const document = answer.document ?? (await readErrorText(answer.response, timeouts.document));
  const error = parseStoreError(document.text, []);
  const verdict = readFailure(keyRefusals, { status, ...(error ?? NAMELESS) });
  return { verdict, answer: { ...answer, document } };
}

/** An answer without a document, or with one that nobody can read. */
const NAMELESS = { code: '', message: '' };

/**
 * Ceph and SeaweedFS serve plain objects whatever key comes; then the answer names no key.
 * @throws S3Error InternalError when it names another
 */
function contentSays(
  { request: { plan }, reading }: KeySearch,
  { response, destroy }: Answer,
  ssecKey: SseKey | undefined,
): Verdict {
  const { operations } = plan.upstream.provider.withoutEcho;
  const { name, echoes } = plan.operation;
  const mute = reading.end === 'source' || !echoes || operations.includes(name);
  if (mute || ssecKey === undefined) return 'opened';
  const echo = echoOf(response, ssecKey);
  if (echo !== 'different') return echo === 'ours' ? 'opened' : 'plain';
  destroy();
  throw new S3Error('InternalError', 'The store answered for another SSE-C key.');
}
