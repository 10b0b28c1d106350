import { parseStoreError, readErrorText, type StoreError } from '../../response/store-error.ts';
import type { Answer } from '../../upstream/answer.ts';
import type { Asker } from '../exchange.ts';
import type { Plan } from '../plan/plan.ts';
import { clientHeaders } from './client-headers.ts';
import { inClientsWords } from './client-words.ts';
import { faultOfOurs } from './our-faults.ts';
import type { Reply } from './reply.ts';
import { sendError } from './send.ts';
import { ssecRefused } from './ssec-refused.ts';

/** Error documents are newly made from what is known of them, never relayed. */
export async function relayError({ exchange, answer, plan }: Reply): Promise<void> {
  const error = await storeErrorOf(exchange.log, answer, plan);
  exchange.log.code = error.code;
  const { response } = answer;
  const headers = clientHeaders(response, 'replaced', plan);
  await sendError(exchange, response.statusCode ?? 502, error, headers);
}

/** What the store says went wrong, in the client's words. @throws S3Error when the client is to hear something else */
export async function storeErrorOf(
  log: Asker['log'],
  { response, document }: Answer,
  plan: Plan,
): Promise<StoreError> {
  const text = document ?? (await readErrorText(response, plan.upstream.timeouts.document));
  const error = parseStoreError(text, plan.ssecKeys) ?? nameless(response.statusCode ?? 502, plan);
  const ours = faultOfOurs(log, error, plan.upstream);
  if (ours) throw ours;
  const blocked = ssecRefused(log, error, plan);
  if (blocked) throw blocked;
  return inClientsWords(error, plan);
}

/** The answer to a HEAD has no document: what a bucket that was asked for is said to be. */
function nameless(status: number, { method, target }: Plan): StoreError {
  if (method === 'HEAD' && target.shape === 'bucket') {
    if (status === 404) return NO_BUCKET;
    if (status === 403) return { code: 'AccessDenied', message: 'Access Denied', fields: {} };
  }
  return {
    code: status >= 500 ? 'InternalError' : 'BadRequest',
    message: `The store answered with status ${status}.`,
    fields: {},
  };
}

const NO_BUCKET: StoreError = {
  code: 'NoSuchBucket',
  message: 'The specified bucket does not exist',
  fields: {},
};
