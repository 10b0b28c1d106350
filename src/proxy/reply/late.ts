import { markingEtags } from '../../etag/documents.ts';
import { marksEtag } from '../../etag/mark.ts';
import { lateTimes, readLateDocument } from '../../response/late-document.ts';
import { parseStoreError, type StoreError } from '../../response/store-error.ts';
import { ANSWER_ROOTS } from '../../s3/answer-roots.ts';
import { readDocument } from '../../s3/document.ts';
import { replacingElements } from '../../s3/element-text.ts';
import { escapeXml } from '../../s3/xml.ts';
import { holdsKey } from '../../ssec/leak.ts';
import { atOnce } from '../../turns.ts';
import type { Exchange } from '../exchange.ts';
import type { Plan } from '../plan/plan.ts';
import { inClientsWords } from './client-words.ts';
import { clientHeaders, countBody, writeHead } from './head.ts';
import { faultOfOurs } from './our-faults.ts';
import { ownUrl } from './own-url.ts';
import type { Reply } from './reply.ts';
import { errorFor, sendDocument } from './send.ts';

/** An `<Error>` in it is newly made like every other, and a `<Location>` leads to the proxy, not to the store. */
export async function sendLate({ exchange, answer, plan }: Reply): Promise<void> {
  const { response } = answer;
  const headers = clientHeaders(response, 'replaced', plan);
  const client = exchange.response;
  const onWaiting = (text: string): void => {
    if (!client.headersSent) writeHead(exchange, 200, [...headers, 'content-type', 'application/xml']);
    countBody(exchange, text.length);
    client.write(Buffer.from(text));
  };
  const document = await readLateDocument(response, {
    ...lateTimes(plan.upstream),
    onWaiting,
  });
  const safe = safeDocument(exchange, document, plan);
  if (client.headersSent) {
    const rest = Buffer.from(safe);
    countBody(exchange, rest.byteLength);
    client.end(rest);
  } else await sendDocument(exchange, 200, safe, headers);
}

function safeDocument(exchange: Exchange, document: string, plan: Plan): string {
  const { ssecKeys } = plan;
  const error = parseStoreError(document, ssecKeys);
  if (!error && isOutcome(document, plan) && !holdsKey(document, ssecKeys)) {
    const url = escapeXml(ownUrl(exchange, plan, 'object'));
    const located = atOnce(replacingElements(document, 'Location', () => url));
    return marksEtag(plan) ? atOnce(markingEtags(located)) : located;
  }
  const shown = inClientsWords(error ?? UNCLEAR, plan);
  exchange.log.code = shown.code;
  if (!error)
    exchange.log.cause = 'the store answered 200 with a document that is neither an outcome nor an error';
  return errorFor(exchange, faultOfOurs(exchange.log, shown, plan) ?? shown);
}

/**
 * Whatever is neither well-formed nor what was asked for may be an error that nobody could make safe. Each outcome has an
 * ETag: a part is named by it when its upload ends; that of a whole upload is empty at Ceph 16.
 */
function isOutcome(document: string, { operation: { name } }: Plan): boolean {
  try {
    const [root = ''] = ANSWER_ROOTS[name] ?? [];
    const etag = readDocument(document, root).text('ETag');
    return name === 'UploadPartCopy' ? Boolean(etag?.trim()) : etag !== undefined;
  } catch {
    return false;
  }
}

const UNCLEAR: StoreError = {
  code: 'InternalError',
  message: 'The store did not say whether the operation succeeded.',
  fields: {},
};
