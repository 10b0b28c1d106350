import type { IncomingMessage } from 'node:http';
import { readLateDocument } from '../response/late-document.ts';
import { relayedHeaders } from '../response/rewrite.ts';
import { parseStoreError } from '../response/store-error.ts';
import { pathOf } from '../s3/target.ts';
import { escapeXml } from '../s3/xml.ts';
import type { Exchange } from './exchange.ts';
import { faultOfOurs } from './our-faults.ts';
import { keysInPlay, type Plan } from './plan.ts';
import { errorDocument, sendDocument } from './refuse.ts';

interface Reply {
  readonly exchange: Exchange;
  readonly response: IncomingMessage;
  readonly plan: Plan;
  /** Does a bucket get a line in ListBuckets? */
  readonly visible: (bucket: string) => boolean;
}

type Document = (reply: Reply) => Promise<void>;

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** Answers of status 200 whose document is not simply streamed on, by operation. */
export const DOCUMENTS: Readonly<Record<string, Document>> = {
  CopyObject: late,
  UploadPartCopy: late,
  CompleteMultipartUpload: late,
  GetBucketLocation: location,
  ListBuckets: buckets,
};

/** An `<Error>` in it is made anew like every other, and a `<Location>` leads to the proxy, not to the store. */
async function late({ exchange, response, plan }: Reply): Promise<void> {
  const headers = [...relayedHeaders(response, 'replaced')];
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

function safeDocument(exchange: Exchange, document: string, plan: Plan): string {
  const error = parseStoreError(document, keysInPlay(plan));
  if (!error)
    return document.replace(/<Location>[^<]*<\/Location>/, `<Location>${ownUrl(exchange, plan)}</Location>`);
  exchange.log.code = error.code;
  const shown = faultOfOurs(exchange, error) ?? error;
  return errorDocument(exchange, shown).replace(DECLARATION, '');
}

function ownUrl({ headers, request }: Exchange, { target }: Plan): string {
  const scheme = 'encrypted' in request.socket ? 'https' : 'http';
  return escapeXml(`${scheme}://${headers.joined('host') ?? ''}${pathOf(target)}`);
}

/** Clients ask where a bucket is so as to sign for that region and to go there: it is where the proxy is. */
async function location({ exchange, response, plan: { region } }: Reply): Promise<void> {
  response.resume();
  const constraint = region === 'us-east-1' ? '' : escapeXml(region);
  const document = `${DECLARATION}<LocationConstraint xmlns="${NAMESPACE}">${constraint}</LocationConstraint>`;
  await sendDocument(exchange, 200, document, relayedHeaders(response, 'replaced'));
}

/** Only the lines of buckets that this caller may know of; what else the store says of the owner stays as it is. */
async function buckets({ exchange, response, visible }: Reply): Promise<void> {
  const document = await readLateDocument(response, () => {});
  const filtered = document.replace(/<Bucket>.*?<\/Bucket>/gs, (line) => {
    const name = /<Name>([^<]*)<\/Name>/.exec(line)?.[1];
    return name !== undefined && visible(name) ? line : '';
  });
  await sendDocument(exchange, 200, `${DECLARATION}${filtered}`, relayedHeaders(response, 'replaced'));
}
