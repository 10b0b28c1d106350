import { S3 } from '../../dialects/dialect.ts';
import type { Holding } from '../../response/held-bytes.ts';
import { readLateDocument } from '../../response/late-document.ts';
import { relayedHeaders } from '../../response/rewrite.ts';
import { parseStoreError, readErrorText } from '../../response/store-error.ts';
import { type DocumentElement, readLargeDocument } from '../../s3/document.ts';
import { S3Error } from '../../s3/errors.ts';
import { escapeXml, s3Element } from '../../s3/xml.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { upstreamOf } from '../../snapshot/upstream-of.ts';
import { hasRegions, isRegion } from '../../upstream/regions.ts';
import type { StoreResponse } from '../../upstream/response.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import { type Asker, clientOf } from '../exchange.ts';
import { isVisible } from '../plan/authorize.ts';
import { pageOf, wholeList } from '../plan/bucket-pages.ts';
import { ownPlan } from '../plan/own-plan.ts';
import type { Plan } from '../plan/plan.ts';
import { ask } from '../store/ask.ts';
import type { Reply } from './reply.ts';
import { endWhenSent } from './rewrite.ts';
import { sendDocument } from './send.ts';

/** Ten thousand buckets with all that a store says of them. */
const LONGEST = 4 * 1024 * 1024;
/** Stores that page their list unasked: 10,000 buckets each. */
const MOST_PAGES = 10;

/**
 * Only the lines of buckets that this caller may know of, newly made; and no word of where a bucket lies. Prefixes and pages
 * are those of what is shown, and tokens are our own. Several upstreams give one list in the order of names, and each
 * bucket is in it as it is where the rules put it: all of them answer, or there is no list.
 *
 * @throws S3Error SlowDown, ServiceUnavailable, AccessDenied, InternalError
 */
export async function sendBuckets(reply: Reply): Promise<void> {
  const { exchange } = reply;
  const { response } = reply.answer;
  const holding = reply.serving.heldBytes.begin({ client: clientOf(exchange), signal: exchange.signal });
  try {
    await sendList(await readList(response, reply.plan.upstream, holding), holding, reply);
  } finally {
    endWhenSent(exchange, holding);
  }
}

async function sendList(list: DocumentElement, holding: Holding, reply: Reply): Promise<void> {
  const { exchange, plan } = reply;
  const shown = await shownOf(list, holding, reply);
  const owner = list.all('Owner').map((one) => element('Owner', texts(one, ['ID', 'DisplayName'])));
  const lines = shown.lines.map(({ line, upstream }) => element('Bucket', lineOf(line, upstream, reply)));
  const token = shown.token === undefined ? '' : element('ContinuationToken', escapeXml(shown.token));
  const asked = plan.asked.query.get('prefix');
  const prefix = asked === undefined ? '' : element('Prefix', escapeXml(asked));
  const inner = `${owner.join('')}${element('Buckets', lines.join(''))}${token}${prefix}`;
  const document = s3Element('ListAllMyBucketsResult', inner);
  await sendDocument(exchange, 200, document, relayedHeaders(reply.answer.response, 'replaced', []));
}

interface Line {
  readonly line: DocumentElement;
  /** Where it is listed. */
  readonly upstream: Upstream;
}

/** Clients of OBS read where a bucket is, and which kind it is, from the list. */
function lineOf(line: DocumentElement, upstream: Upstream, { exchange, serving }: Reply): string {
  const said = texts(line, ['Name', 'CreationDate']);
  if (exchange.dialect === S3) return said;
  const location = element('Location', escapeXml(regionOf(line, upstream, serving.snapshot)));
  return `${said}${location}${element('BucketType', kindOf(line))}`;
}

/** Of OBS's list: `POSIX` is a parallel file system. Others have objects alone. */
function kindOf(line: DocumentElement): 'OBJECT' | 'POSIX' {
  return line.text('BucketType')?.trim() === 'POSIX' ? 'POSIX' : 'OBJECT';
}

interface Shown {
  readonly lines: readonly Line[];
  readonly token: string | undefined;
}

/** The page that was asked for, of all lines that the caller may know of. */
async function shownOf(first: DocumentElement, holding: Holding, reply: Reply): Promise<Shown> {
  const { plan } = reply;
  const all = await Promise.all([
    remaining(first, plan, holding, reply),
    ...plan.further.map(async (place) =>
      remaining(await askForList(place, holding, reply), place, holding, reply),
    ),
  ]);
  const named = all.flat().map((one) => ({ name: one.line.text('Name') ?? '', one }));
  const inOrder = named.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const { page, token } = pageOf(inOrder, plan.asked.query);
  return { lines: page.map(({ one }) => one), token };
}

type Place = Pick<Plan, 'upstream' | 'credentials'>;

/** The lines of a store, from its first page on. */
async function remaining(
  first: DocumentElement,
  place: Place,
  holding: Holding,
  reply: Reply,
): Promise<Line[]> {
  const lines: Line[] = [];
  let list = first;
  for (let page = 1; ; page += 1) {
    const { upstream } = place;
    lines.push(...linesOf(list, upstream, reply).map((line) => ({ line, upstream })));
    const token = list.text('ContinuationToken');
    if (token === undefined || token === '') return lines;
    if (page === MOST_PAGES)
      throw new S3Error('InternalError', 'A store has more buckets than can be listed.');
    list = await askForList(place, holding, reply, token);
  }
}

/** A bucket that lies elsewhere by the rules can't be reached, whatever its name is here. */
function linesOf(
  list: DocumentElement,
  upstream: Upstream,
  { exchange, permissions, plan, serving: { snapshot } }: Reply,
): DocumentElement[] {
  // The SDKs of OBS ask for one kind in a header.
  const kind = exchange.received.headers.joined('x-obs-bucket-type');
  const { query } = plan.asked;
  const prefix = query.get('prefix') ?? '';
  const wanted = query.get('bucket-region');
  const lines = list.all('Buckets').flatMap((all) => all.all('Bucket'));
  return lines.filter((line) => {
    const name = line.text('Name') ?? '';
    return (
      name.startsWith(prefix) &&
      isVisible(name, permissions, snapshot.rules) &&
      upstreamOf(snapshot, name) === upstream &&
      (kind === undefined || kind === kindOf(line)) &&
      (wanted === undefined || wanted === regionOf(line, upstream, snapshot))
    );
  });
}

/** As GetBucketLocation says. */
function regionOf(line: DocumentElement, upstream: Upstream, { region }: Snapshot): string {
  const own = line.text('BucketRegion') ?? line.text('Location');
  return region === 'any' && hasRegions(upstream) && isRegion(own, upstream) ? own : upstream.region;
}

async function askForList(
  { upstream, credentials }: Place,
  holding: Holding,
  { exchange, serving }: Reply,
  token?: string,
): Promise<DocumentElement> {
  const whole = wholeList(upstream).parameters.map(({ name, value }) => [name, value] as const);
  const query = Object.fromEntries(token === undefined ? whole : [...whole, ['continuation-token', token]]);
  const list = ownPlan({ name: 'ListBuckets', about: { shape: 'service' }, query, upstream, credentials });
  const { response } = await ask(list, {}, exchange, serving);
  if (response.statusCode !== 200) throw await refusalOf(response, upstream, exchange);
  return await readList(response, upstream, holding);
}

async function refusalOf(
  response: StoreResponse,
  { name, timeouts }: Upstream,
  { log }: Asker,
): Promise<S3Error> {
  const { text } = await readErrorText(response, timeouts.document);
  const error = parseStoreError(text, []);
  log.cause = `${name} answered ListBuckets with ${response.statusCode} ${error?.code ?? ''}`.trim();
  return error?.code === 'AccessDenied'
    ? new S3Error('AccessDenied', 'Access Denied', { reason: log.cause })
    : new S3Error('ServiceUnavailable', 'The proxy could not use the store. Its log says why.');
}

async function readList(
  response: StoreResponse,
  { timeouts }: Upstream,
  holding: Holding,
): Promise<DocumentElement> {
  const limit = timeouts.document;
  const document = await readLateDocument(response, { limit, longest: LONGEST, holding });
  try {
    return await readLargeDocument(document, 'ListAllMyBucketsResult');
  } catch (cause) {
    throw new S3Error('InternalError', 'The store did not answer with a list of buckets.', { cause });
  }
}

function texts(from: DocumentElement, names: readonly string[]): string {
  return names
    .flatMap((name) => {
      const text = from.text(name);
      return text === undefined ? [] : [element(name, escapeXml(text))];
    })
    .join('');
}

function element(name: string, inner: string): string {
  return `<${name}>${inner}</${name}>`;
}
