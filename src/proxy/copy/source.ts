import { relayedHeaders } from '../../response/rewrite.ts';
import { S3Error } from '../../s3/errors.ts';
import { WireHeaders } from '../../s3/headers.ts';
import { isSsecHeader } from '../../ssec/headers.ts';
import type { Answer } from '../../upstream/answer.ts';
import type { OwnQuery } from '../plan/own-plan.ts';
import { askEnd, type Copying } from './ask.ts';
import { StoreRefusal } from './store-refusal.ts';

/** The source of a copy, on its way. */
export interface Source {
  /** Of its answer, as they may go on: into the copy, and to the client. */
  readonly headers: WireHeaders;
  /** In bytes, of what comes. */
  readonly length: number;
  readonly answer: Answer;
}

/** First and last byte, counted from 0. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

/**
 * The conditions of a copy are those of a GET of its source.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html#API_CopyObject_RequestSyntax
 */
const CONDITIONS: Readonly<Record<string, string>> = {
  'x-amz-copy-source-if-match': 'if-match',
  'x-amz-copy-source-if-none-match': 'if-none-match',
  'x-amz-copy-source-if-modified-since': 'if-modified-since',
  'x-amz-copy-source-if-unmodified-since': 'if-unmodified-since',
};

/** Begins to read the source, as the request names it and under its conditions. @throws StoreRefusal, S3Error */
export async function openSource(copying: Copying, span?: Span): Promise<Source> {
  const { headers } = copying.message;
  const conditions = Object.entries(CONDITIONS).map(([name, as]) => [as, headers.single(name)] as const);
  const asking = { ...Object.fromEntries(conditions), ...wanted(span) };
  try {
    return await read(copying, versionOf(copying), asking, span);
  } catch (error) {
    const marker = error instanceof StoreRefusal && error.said.code === 'MethodNotAllowed';
    if (!marker) throw error;
    throw new S3Error(
      'InvalidRequest',
      'The source of a copy request may not specifically refer to a delete marker by version id.',
    );
  }
}

/**
 * Reads a span of a source that was opened: of that very version, as far as its store can tell.
 * @throws S3Error ServiceUnavailable when there is another one in its place
 */
export async function readSpan(copying: Copying, opened: Source, span: Span): Promise<Source> {
  const versionId = opened.headers.joined('x-amz-version-id') || versionOf(copying).versionId;
  const query: OwnQuery = versionId === undefined ? {} : { versionId };
  const headers = { 'if-match': opened.headers.joined('etag'), ...wanted(span) };
  try {
    return await read(copying, query, headers, span);
  } catch (error) {
    if (!(error instanceof StoreRefusal) || error.status !== 412) throw error;
    throw new S3Error('ServiceUnavailable', 'The source changed while it was copied. Please try again.');
  }
}

/** Lets go of a source, read or not. */
export function leave({ answer }: Source): void {
  if (!answer.response.readableEnded) answer.destroy();
}

function versionOf({ plan: { source } }: Copying): { versionId?: string } {
  return source?.versionId === undefined ? {} : { versionId: source.versionId };
}

function wanted(span: Span | undefined): Readonly<Record<string, string>> {
  return span ? { range: `bytes=${span.first}-${span.last}` } : { 'x-amz-checksum-mode': 'ENABLED' };
}

async function read(
  copying: Copying,
  query: OwnQuery,
  asking: Readonly<Record<string, string | undefined>>,
  span: Span | undefined,
): Promise<Source> {
  const headers = aboutSource(copying.message.headers).with({ ...asking, 'accept-encoding': 'identity' });
  const { answer, plan } = await askEnd(copying, { end: 'source', name: 'GetObject', query, headers });
  const { response } = answer;
  try {
    const found = new WireHeaders(relayedHeaders(response, 'relayed', plan.ssecKeys));
    const length = lengthOf(found, response.statusCode, span);
    return { headers: found, length, answer };
  } catch (error) {
    answer.destroy();
    throw error;
  }
}

/** Of the headers of a copy, those that go with every request about its source. */
export function aboutSource(headers: WireHeaders): WireHeaders {
  const own = [...headers.names()].filter((name) => isSsecHeader('source', name));
  return headers.only(['user-agent', 'x-amz-request-payer']).with({
    'x-amz-expected-bucket-owner': headers.single('x-amz-source-expected-bucket-owner'),
    ...Object.fromEntries(own.map((name) => [name.replace('-copy-source', ''), headers.single(name)])),
  });
}

/** @throws S3Error InvalidArgument for a span that is not all in the object; InternalError when nothing can be said */
function lengthOf(headers: WireHeaders, status: number | undefined, span: Span | undefined): number {
  const length = headers.joined('content-length') ?? '';
  if (!/^\d{1,15}$/.test(length)) throw unclear('the store did not say how long the source is');
  if (!span && status !== 200)
    throw unclear(`the store answered with ${status} when the whole source was asked for`);
  if (!span) return Number(length);
  const [, first, last, size] =
    /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headers.joined('content-range') ?? '') ?? [];
  if (status !== 206 || Number(first) !== span.first)
    throw unclear('the store did not heed the range of the source');
  if (Number(last) !== span.last) {
    throw new S3Error('InvalidArgument', `Range specified is not valid for source object of size: ${size}`);
  }
  return Number(length);
}

function unclear(fault: string): S3Error {
  return new S3Error('InternalError', 'The source of the copy cannot be read.', { cause: new Error(fault) });
}
