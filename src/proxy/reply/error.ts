import { parseStoreError, readErrorText, type StoreError } from '../../response/store-error.ts';
import { holdsKey } from '../../ssec/leak.ts';
import type { Answer } from '../../upstream/answer.ts';
import { fieldOf } from '../../upstream/response.ts';
import type { Asker } from '../exchange.ts';
import type { Plan } from '../plan/plan.ts';
import type { Serving } from '../serving.ts';
import { inClientsWords } from './client-words.ts';
import { clientHeaders } from './head.ts';
import { faultOfOurs } from './our-faults.ts';
import { relayBody } from './relay-body.ts';
import type { Reply } from './reply.ts';
import { sendError } from './send.ts';
import { ssecRefused } from './ssec-refused.ts';
import { connectionFault, NO_DOCUMENT, namelessError, requireStatusOfS3 } from './status-of-s3.ts';

/** Error documents are newly made from what is known of them, never relayed. */
export async function relayError({ exchange, answer, plan, serving }: Reply): Promise<void> {
  const error = await storeErrorOf(exchange.log, answer, plan, serving);
  exchange.log.code = error.code;
  const { response } = answer;
  const headers = clientHeaders(response, 'replaced', plan);
  await sendError(exchange, response.statusCode ?? 502, error, headers);
}

/**
 * The answer to a HEAD has a status alone, one of S3's, which goes on; OBS has the code of an error in the head.
 * @throws S3Error when the client is to hear something else
 */
export async function relayRefusedHead(reply: Reply): Promise<void> {
  const { exchange, answer, plan } = reply;
  const { log } = exchange;
  requireStatusOfS3(log, answer.response, plan);
  const code = fieldOf(answer.response, 'x-amz-error-code');
  const ours = code === undefined ? undefined : faultOfOurs(log, { code, message: '', fields: {} }, plan);
  if (ours) throw ours;
  if (code !== undefined && /^[A-Za-z0-9.]{1,64}$/.test(code) && !holdsKey(code, plan.ssecKeys))
    log.code = code;
  else if (answer.response.statusCode === 403) log.cause = DENIED;
  await relayBody(reply);
}

/** HEAD has no error document, which would tell these apart. */
const DENIED =
  'the store answered HEAD with 403: it denies the object, or refuses the credentials that signed the request';

/** What the store says went wrong, in the client's words. @throws S3Error when the client is to hear something else */
export async function storeErrorOf(
  log: Asker['log'],
  answer: Answer,
  plan: Plan,
  { metrics }: Pick<Serving, 'metrics'>,
): Promise<StoreError> {
  const { response } = answer;
  const between = connectionFault(log, response, plan);
  if (between) throw between;
  const { text, fault, late } =
    answer.document ?? (await readErrorText(response, plan.upstream.timeouts.document));
  if (late) metrics.upstreams.late(plan.upstream.name, late);
  const error =
    parseStoreError(text, plan.ssecKeys) ?? namelessError(log, response, plan, inPlaceOfError(text, fault));
  const ours = faultOfOurs(log, error, plan);
  if (ours) throw ours;
  const blocked = ssecRefused(log, error, plan);
  if (blocked) throw blocked;
  return inClientsWords(error, plan);
}

function inPlaceOfError(text: string, fault: string | undefined): string {
  if (fault !== undefined) return `an error document that ${fault}`;
  return text === '' ? NO_DOCUMENT : 'a document that is not an S3 error';
}
