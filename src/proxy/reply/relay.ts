import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { endsConnection } from '../../listener/ending.ts';
import { announcedTrailers } from '../../response/rewrite.ts';
import { parseStoreError, readErrorText, type StoreError } from '../../response/store-error.ts';
import { holdsKey } from '../../ssec/leak.ts';
import type { Answer } from '../../upstream/forward.ts';
import { lettingGo } from '../../upstream/let-go.ts';
import type { Exchange } from '../exchange.ts';
import { keysInPlay, type Plan } from '../plan/make-plan.ts';
import { clientHeaders, clientTrailers } from './client-headers.ts';
import { documentOf, type ReplyContext } from './documents.ts';
import { replyToForm } from './form.ts';
import { faultOfOurs, misdirected } from './our-faults.ts';
import { drained, sendError } from './send.ts';
import { ssecRefused } from './ssec-refused.ts';
import { inClientsWords } from './upload.ts';

/** Streams the store's answer to the client. A store that dies half-way ends the client's connection visibly. */
export async function relay(
  exchange: Exchange,
  answer: Answer,
  plan: Plan,
  context: ReplyContext,
): Promise<void> {
  const { response } = answer;
  const status = response.statusCode ?? 502;
  exchange.log.upstreamStatus = status;
  const ssecKeys = keysInPlay(plan);
  const upstreamRequestId = response.headers['x-amz-request-id'];
  if (typeof upstreamRequestId === 'string' && !holdsKey(upstreamRequestId, ssecKeys))
    exchange.log.upstreamRequestId = upstreamRequestId;
  try {
    if (status >= 300 && status < 400 && status !== 304) throw misdirected(exchange, response, plan.upstream);
    const document = documentOf(plan, context);
    if (status >= 400 && exchange.method !== 'HEAD') await relayError(exchange, answer, plan);
    else if (status === 200 && exchange.form)
      await replyToForm({ exchange, response, plan, context }, exchange.form);
    else if (status === 200 && document) await document({ exchange, response, plan, context });
    else await relayBody(exchange, answer, plan);
  } finally {
    if (answer.early || !response.complete) answer.destroy();
  }
}

async function relayBody(exchange: Exchange, { response, early }: Answer, plan: Plan): Promise<void> {
  const headers = [...clientHeaders(response, 'relayed', plan), 'x-amz-request-id', exchange.id];
  if (early) {
    headers.push('connection', 'close');
    endsConnection(exchange.request.socket);
  }
  relayTrailers(exchange, response, headers, plan);
  // With the usual reason of its status: the store's own wording could say anything.
  exchange.response.writeHead(response.statusCode ?? 502, headers);
  response.once('error', () => {
    // Told apart here: when the pipeline has ended the client's side as well, it looks as if the client had left.
    if (!exchange.signal.aborted) exchange.log.code = 'Truncated';
  });
  await pipeline(response, lettingGo(exchange.response, response), { end: !early });
  if (!early) return;
  await drained(exchange);
  exchange.response.end();
}

/**
 * What the store sends behind the body goes on behind it, where the client's version of HTTP has a place for it: behind
 * a body in chunks. Adds their names to the headers.
 */
function relayTrailers(
  { request, method, response: client }: Exchange,
  response: IncomingMessage,
  headers: string[],
  plan: Plan,
): void {
  const bodyless = method === 'HEAD' || response.statusCode === 204 || response.statusCode === 304;
  const inChunks = response.headers['transfer-encoding'] !== undefined && !bodyless;
  if (!inChunks || request.httpVersion !== '1.1') return;
  const announced = announcedTrailers(response);
  if (announced !== undefined) headers.push('trailer', announced);
  // Before the pipeline, which ends the client's side when this one ends.
  response.once('end', () => client.addTrailers(clientTrailers(response, plan)));
}

/** Error documents are made anew from what is known of them, never relayed. */
async function relayError(exchange: Exchange, answer: Answer, plan: Plan): Promise<void> {
  const error = await storeErrorOf(exchange, answer, plan);
  exchange.log.code = error.code;
  const { response } = answer;
  const headers = clientHeaders(response, 'replaced', plan);
  await sendError(exchange, response.statusCode ?? 502, error, headers);
}

/** What the store says went wrong, in the client's words. @throws S3Error when the client is to hear something else */
export async function storeErrorOf(
  exchange: Exchange,
  { response, document }: Answer,
  plan: Plan,
): Promise<StoreError> {
  const text = document ?? (await readErrorText(response));
  const error = parseStoreError(text, keysInPlay(plan)) ?? nameless(response.statusCode ?? 502);
  const ours = faultOfOurs(exchange, error, plan.upstream);
  if (ours) throw ours;
  const blocked = ssecRefused(exchange, error, plan);
  if (blocked) throw blocked;
  return inClientsWords(error, plan);
}

function nameless(status: number): StoreError {
  return {
    code: status >= 500 ? 'InternalError' : 'BadRequest',
    message: `The store answered with status ${status}.`,
    fields: {},
  };
}
