import { S3Error } from './errors.ts';
import type { WireHeaders } from './headers.ts';
import { OPERATIONS, type Operation } from './operations.ts';
import type { Query } from './query.ts';
import type { Target } from './target.ts';

/** Query names that choose an operation. One that the row does not ask for makes the request ambiguous. */
const SUBRESOURCES: ReadonlySet<string> = new Set([
  ...OPERATIONS.flatMap(({ query }) => query.map((condition) => condition.split('=')[0] as string)),
  'select-type',
]);
/** `id` and `partNumber` choose among operations in some rows, and are plain options elsewhere. */
const OPTIONAL_SUBRESOURCES: ReadonlySet<string> = new Set(['partNumber', 'list-type']);

/** Names that any operation may have and that do not change which operation it is. */
const EVERYWHERE: ReadonlySet<string> = new Set(['x-id', 'versionId']);

/** Options of the bucket-level reads and lists; `allow-unordered` is Ceph's, `metadata` MinIO's. */
const LIST_OPTIONS: ReadonlySet<string> = new Set(
  (
    'allow-unordered annotation-prefix bucket-region continuation-token delimiter encoding-type fetch-owner ' +
    'key-marker list-type marker max-annotation-results max-buckets max-directory-buckets max-keys max-parts ' +
    'max-uploads metadata part-number-marker prefix start-after upload-id-marker version-id-marker'
  ).split(' '),
);

/** `METHOD shape` → its rows, the most demanding first. */
const CANDIDATES: ReadonlyMap<string, readonly Operation[]> = index();

/**
 * The operation of a request. A sub-resource in the query wins over the bare method, and a request that is not in the
 * table is refused: a store could treat `PUT /bucket/key?unknown` as a PutObject.
 *
 * @throws S3Error MethodNotAllowed, NotImplemented
 */
export function classify(method: string, target: Target, headers: WireHeaders): Operation {
  const candidates = CANDIDATES.get(method === 'OPTIONS' ? 'OPTIONS' : `${method} ${target.shape}`);
  if (!candidates) {
    throw new S3Error('MethodNotAllowed', 'The specified method is not allowed against this resource.');
  }
  const operation = meant(candidates, target.query, headers);
  if (!operation) throw unknown(`${method} on a ${target.shape} with these headers`);
  for (const { name } of target.query.parameters) {
    if (!belongs(name, operation)) throw unknown(`the query parameter "${name}" with ${operation.name}`);
  }
  return operation;
}

function meant(candidates: readonly Operation[], query: Query, headers: WireHeaders): Operation | undefined {
  for (const row of candidates) if (matches(row, query, headers)) return row;
  return undefined;
}

function matches(row: Operation, query: Query, headers: WireHeaders): boolean {
  for (const condition of row.query) if (!holds(condition, query)) return false;
  for (const condition of row.headers) if (!present(condition, headers)) return false;
  return true;
}

function holds(condition: string, query: Query): boolean {
  const [name = '', value] = condition.split('=');
  return value === undefined ? query.has(name) : query.get(name) === value;
}

function present(condition: string, headers: WireHeaders): boolean {
  const [name = '', start] = condition.split('=');
  return start === undefined
    ? headers.has(name)
    : (headers.joined(name)?.toLowerCase().startsWith(start) ?? false);
}

function belongs(name: string, { method, shape, query }: Operation): boolean {
  if (method === 'OPTIONS' || EVERYWHERE.has(name)) return true;
  if (query.some((condition) => condition.split('=')[0] === name)) return true;
  const reads = method === 'GET' || method === 'HEAD';
  if (!reads) return false;
  if (SUBRESOURCES.has(name) && !OPTIONAL_SUBRESOURCES.has(name)) return false;
  return shape === 'object' || LIST_OPTIONS.has(name);
}

function unknown(what: string): S3Error {
  return new S3Error(
    'NotImplemented',
    `This proxy does not know ${what}, and does not forward what it does not know.`,
  );
}

function index(): ReadonlyMap<string, readonly Operation[]> {
  const demand = (row: Operation): number => row.query.length * 10 + row.headers.length;
  const groups = Map.groupBy(OPERATIONS, ({ method, shape }) =>
    method === 'OPTIONS' ? 'OPTIONS' : `${method} ${shape}`,
  );
  for (const rows of groups.values()) rows.sort((a, b) => demand(b) - demand(a));
  return groups;
}
