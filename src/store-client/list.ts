import type { DocumentElement } from '../s3/document.ts';
import { decodePercent } from '../s3/percent.ts';
import { askDocument, StoreFailure } from './answer.ts';
import type { StoreClient } from './client.ts';

/** One line of a list. */
export interface Listed {
  readonly kind: 'version' | 'marker';
  readonly objectKey: string;
  /** Undefined for the current object: in a list of objects, and for a current version without an id. */
  readonly versionId: string | undefined;
  /** As in the list; `null` if the bucket has, or had, no versions. */
  readonly id: string | undefined;
  readonly current: boolean;
  /** As precise as in the list; undefined without a time. */
  readonly modified: Date | undefined;
  /** In bytes; 0 for a delete marker. */
  readonly size: number;
}

export interface Place {
  readonly bucket: string;
  readonly prefix: string;
}

export interface Listing {
  /** `objects` if the store has no lists of versions: then older versions and delete markers are missing. */
  readonly of: 'versions' | 'objects';
  readonly entries: AsyncGenerator<Listed, void, undefined>;
}

/**
 * Every version of every object below a prefix, or every object if the store can't list versions. Only one page of at
 * most 1,000 lines is in memory at a time.
 * @throws StoreFailure, UpstreamError, from here or while the entries are read
 */
export async function listAll(client: StoreClient, place: Place): Promise<Listing> {
  const versions = pagesOf(client, place, VERSIONS);
  try {
    const first = await versions.next();
    return { of: 'versions', entries: entriesOf(first, versions) };
  } catch (error) {
    if (!(error instanceof StoreFailure) || !cannot(error)) throw error;
  }
  const objects = pagesOf(client, place, OBJECTS);
  return { of: 'objects', entries: entriesOf(await objects.next(), objects) };
}

/**
 * Does a response mean that the store has no lists of versions? A missing permission does not: it must be reported, not
 * worked around.
 */
function cannot({ status, code }: StoreFailure): boolean {
  return (
    code === 'UnknownDocument' ||
    status === 501 ||
    status === 405 ||
    (status === 400 && code !== 'InvalidBucketName')
  );
}

async function* entriesOf(
  first: IteratorResult<readonly Listed[]>,
  more: AsyncGenerator<readonly Listed[], void, undefined>,
): AsyncGenerator<Listed, void, undefined> {
  if (!first.done) yield* first.value;
  for await (const page of more) yield* page;
}

/** One way to list. */
interface Kind {
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly root: string;
  readonly read: (document: DocumentElement, decode: Decode) => Listed[];
  /** The query for the next page; undefined when the document does not have it. */
  readonly next: (
    document: DocumentElement,
    page: readonly Listed[],
    decode: Decode,
  ) => Readonly<Record<string, string>> | undefined;
}

type Decode = (text: string) => string;

/** A page has at most 1,000 lines, and an object key at most 1,024 bytes, each up to three times as long encoded. */
const MOST_PAGE_BYTES = 16 * 1024 * 1024;

async function* pagesOf(
  client: StoreClient,
  { bucket, prefix }: Place,
  kind: Kind,
): AsyncGenerator<readonly Listed[], void, undefined> {
  // Object keys may have characters that XML can't contain.
  const fixed = { ...kind.query, 'encoding-type': 'url', 'max-keys': '1000', prefix };
  let from: Readonly<Record<string, string>> = {};
  for (;;) {
    const { document } = await askDocument(
      client,
      { method: 'GET', bucket, query: { ...fixed, ...from } },
      { roots: [kind.root], most: MOST_PAGE_BYTES },
    );
    const decode = decoderOf(document);
    const page = kind.read(document, decode);
    yield page;
    if (document.text('IsTruncated')?.trim() !== 'true') return;
    const next = kind.next(document, page, decode);
    if (!next || JSON.stringify(next) === JSON.stringify(from)) {
      throw new StoreFailure(200, 'ListStands', 'The list says that it continues, but not from where.');
    }
    from = next;
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html */
const VERSIONS: Kind = {
  query: { versions: undefined },
  root: 'ListVersionsResult',
  read: (document, decode) => [
    ...document.all('Version').map((line) => versionOf(line, decode)),
    ...document.all('DeleteMarker').map((line) => versionOf(line, decode, 'marker')),
  ],
  next: (document, page, decode) => {
    const raw = document.text('NextKeyMarker');
    if (raw === undefined || raw === '') return undefined;
    const versionId = document.text('NextVersionIdMarker') ?? '';
    const keyMarker = markerOf(raw, page, decode);
    return { 'key-marker': keyMarker, ...(versionId === '' ? {} : { 'version-id-marker': versionId }) };
  },
};

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
const OBJECTS: Kind = {
  query: { 'list-type': '2' },
  root: 'ListBucketResult',
  read: (document, decode) =>
    document
      .all('Contents')
      .map((line) => ({ ...versionOf(line, decode), versionId: undefined, current: true })),
  next: (document) => {
    const token = document.text('NextContinuationToken');
    return token === undefined || token === '' ? undefined : { 'continuation-token': token };
  },
};

function versionOf(line: DocumentElement, decode: Decode, kind: Listed['kind'] = 'version'): Listed {
  const name = line.text('Key');
  if (name === undefined || name === '') {
    throw new StoreFailure(200, 'MalformedXML', 'A line of the list has no object key.');
  }
  const id = line.text('VersionId');
  const current = line.text('IsLatest')?.trim() === 'true';
  const modified = Date.parse(line.text('LastModified') ?? '');
  return {
    kind,
    objectKey: decode(name),
    // A bucket that never had versions has "null" everywhere, and reading that version needs an extra permission.
    versionId: !id || (id === 'null' && current) ? undefined : id,
    id,
    current,
    modified: Number.isNaN(modified) ? undefined : new Date(modified),
    size: Number(line.text('Size') ?? 0) || 0,
  };
}

/** "If you specify the encoding-type request parameter, S3 includes this element in the response." */
function decoderOf(document: DocumentElement): Decode {
  if (document.text('EncodingType')?.trim() !== 'url') return (text) => text;
  return (text) => decodePercent(text, { plusIsSpace: true });
}

/** Stores differ in whether they encode the marker; without a delimiter it is an object key of the page. */
function markerOf(raw: string, page: readonly Listed[], decode: Decode): string {
  const isLine = (text: string): boolean => page.some(({ objectKey }) => objectKey === text);
  if (!isLine(raw)) return decode(raw);
  try {
    const decoded = decode(raw);
    return isLine(decoded) ? decoded : raw;
  } catch {
    return raw;
  }
}
