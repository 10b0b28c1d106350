import type { IncomingMessage } from 'node:http';
import type { Permissions } from '../../clients/permissions.ts';
import { markEtags } from '../../etag/documents.ts';
import { marksEtag } from '../../etag/marks.ts';
import { readLateDocument } from '../../response/late-document.ts';
import { parseStoreError, type StoreError } from '../../response/store-error.ts';
import { readDocument } from '../../s3/document.ts';
import { replaceElements } from '../../s3/element-text.ts';
import { pathOf } from '../../s3/target.ts';
import { escapeXml } from '../../s3/xml.ts';
import { holdsKey } from '../../ssec/leak.ts';
import { hasRegions, isRegion } from '../../upstream/regions.ts';
import type { Exchange } from '../exchange.ts';
import type { Serving } from '../handle.ts';
import { keysInPlay, type Plan } from '../plan/make-plan.ts';
import { clientHeaders } from './client-headers.ts';
import { ETAG_REWRITES } from './etag.ts';
import { listBuckets } from './list-buckets.ts';
import { faultOfOurs } from './our-faults.ts';
import { rewriting } from './rewrite.ts';
import { errorDocument, sendDocument } from './send.ts';
import { inClientsWords, UPLOAD_REWRITES } from './upload.ts';

export interface Reply {
  readonly exchange: Exchange;
  readonly response: IncomingMessage;
  readonly plan: Plan;
  readonly context: ReplyContext;
}

export interface ReplyContext
  extends Pick<Serving, 'snapshot' | 'encryptedUploads' | 'agents' | 'regions' | 'memo' | 'metrics' | 'now'> {
  /** Those of the caller. */
  readonly permissions: Permissions;
}

type Document = (reply: Reply) => Promise<void>;

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** How an answer of status 200 becomes the client's, when its document is not simply streamed on. */
export function documentOf(plan: Plan, { snapshot }: ReplyContext): Document | undefined {
  const { name } = plan.operation;
  return DOCUMENTS[name] ?? rewriting(UPLOAD_REWRITES[name] ?? ETAG_REWRITES[name], plan, snapshot.rules);
}

const DOCUMENTS: Readonly<Record<string, Document>> = {
  CopyObject: late,
  UploadPartCopy: late,
  CompleteMultipartUpload: late,
  GetBucketLocation: location,
  ListBuckets: listBuckets,
};

/** An `<Error>` in it is made anew like every other, and a `<Location>` leads to the proxy, not to the store. */
async function late({ exchange, response, plan }: Reply): Promise<void> {
  const headers = clientHeaders(response, 'replaced', plan);
  const client = exchange.response;
  const begin = (): void => {
    client.writeHead(200, [...headers, 'content-type', 'application/xml', 'x-amz-request-id', exchange.id]);
  };
  const document = await readLateDocument(response, (text) => {
    if (!client.headersSent) begin();
    client.write(Buffer.from(text));
  });
  const safe = safeDocument(exchange, document, plan);
  if (client.headersSent) client.end(Buffer.from(safe));
  else await sendDocument(exchange, 200, `${DECLARATION}${safe}`, headers);
}

/** The roots of what says that all went well. */
const OUTCOMES: Readonly<Record<string, string>> = {
  CopyObject: 'CopyObjectResult',
  UploadPartCopy: 'CopyPartResult',
  CompleteMultipartUpload: 'CompleteMultipartUploadResult',
};

function safeDocument(exchange: Exchange, document: string, plan: Plan): string {
  const ssecKeys = keysInPlay(plan);
  const error = parseStoreError(document, ssecKeys);
  if (!error && isOutcome(document, plan) && !holdsKey(document, ssecKeys)) {
    const located = replaceElements(document, 'Location', () => escapeXml(ownUrl(exchange, plan)));
    return marksEtag(plan) ? markEtags(located) : located;
  }
  const shown = inClientsWords(error ?? UNCLEAR, plan);
  exchange.log.code = shown.code;
  if (!error)
    exchange.log.cause = 'the store answered 200 with a document that is neither an outcome nor an error';
  return errorDocument(exchange, faultOfOurs(exchange, shown, plan.upstream) ?? shown).replace(
    DECLARATION,
    '',
  );
}

/** Whatever is neither well-formed nor what was asked for may be an error that nobody could make safe. */
function isOutcome(document: string, { operation }: Plan): boolean {
  try {
    readDocument(document, OUTCOMES[operation.name] ?? '');
    return true;
  } catch {
    return false;
  }
}

const UNCLEAR: StoreError = {
  code: 'InternalError',
  message: 'The store did not say whether the operation succeeded.',
  fields: {},
};

/** The URL of the target at this proxy, as the client reached it. */
export function ownUrl({ headers, request }: Exchange, { target }: Plan): string {
  const scheme = 'encrypted' in request.socket ? 'https' : 'http';
  return `${scheme}://${headers.joined('host') ?? ''}${pathOf(target)}`;
}

/**
 * Clients ask where a bucket is so as to sign for that region and to go there: it is where the proxy is. Where a store's
 * buckets are in several regions and clients may sign for any, they get to know the bucket's own.
 */
async function location({ exchange, response, plan, context }: Reply): Promise<void> {
  const { upstream } = plan;
  const document = await readLateDocument(response, () => {});
  const own = hasRegions(upstream) && context.snapshot.region === 'any' ? regionIn(document) : undefined;
  const region = own ?? upstream.region;
  const constraint = region === 'us-east-1' ? '' : escapeXml(region);
  const answer = `${DECLARATION}<LocationConstraint xmlns="${NAMESPACE}">${constraint}</LocationConstraint>`;
  await sendDocument(exchange, 200, answer, clientHeaders(response, 'replaced', plan));
}

/** Of a GetBucketLocation. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html */
function regionIn(document: string): string | undefined {
  try {
    const { value } = readDocument(document, 'LocationConstraint');
    const region = OLD_NAMES[value.trim()] ?? value.trim();
    return isRegion(region) ? region : undefined;
  } catch {
    return undefined;
  }
}

/** "Buckets in Region us-east-1 have a LocationConstraint of null", and EU was the first one elsewhere. */
const OLD_NAMES: Readonly<Record<string, string>> = { '': 'us-east-1', EU: 'eu-west-1' };
