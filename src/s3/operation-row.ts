import { ANSWER_ROOTS } from './answer-roots.ts';
import { misplacedHeaders, sentHeaders, takesMetadata } from './request-headers.ts';
import { successStatuses } from './success-statuses.ts';

/** An operation: how to recognise it, and its use of SSE-C. */
export interface Row<Name extends string> {
  readonly name: Name;
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE' | 'OPTIONS';
  readonly shape: 'service' | 'bucket' | 'object';
  /** Query names that must all be present; `name=value` requires the value too, and `name=*` any but an empty one. */
  readonly query: readonly string[];
  /** Further query names that the operation may have; `x-id` is one of every operation. */
  readonly options: readonly string[];
  /** All query names of the operation, as S3 spells them. Only these go to a store. */
  readonly names: ReadonlySet<string>;
  /** Lower-case header names that must all be present; `name=value` requires this prefix of the value. */
  readonly headers: readonly string[];
  /** `upload`: CompleteMultipartUpload and ListParts, which need the SSE-C key for checksums only. */
  readonly ssec: 'none' | 'read' | 'write' | 'upload';
  /** Root elements of its response in lower case; empty where it has none, or one that is newly made anyway. */
  readonly roots: readonly string[];
  /**
   * What a success of it has behind its head: nothing, a document with one of the roots, or whatever the store keeps there.
   */
  readonly answers: 'nothing' | 'document' | 'content';
  /** The statuses of a success. */
  readonly successes: ReadonlySet<number>;
  /** Does the response to a request with an SSE-C key name the key? */
  readonly echoes: boolean;
  /** Accepts `x-amz-copy-source` and the SSE-C headers of the source. */
  readonly copies: boolean;
  /** Does it add to an object, which has its SSE-C key then? It is never sent twice. */
  readonly appends: boolean;
  readonly body: 'none' | 'xml' | 'raw' | 'form' | 'stream';
  /** The client's headers that a store gets, in lower case, but for metadata. */
  readonly sends: ReadonlySet<string>;
  /** Those that it is refused for: they ask for something that it does not have. */
  readonly misplaced: ReadonlySet<string>;
  /** Does it take `x-amz-meta-*`? */
  readonly metadata: boolean;
  /** Does it change what the store holds? Then what is not understood is refused, not left out. */
  readonly writes: boolean;
  /**
   * Is it sent only to stores that are known to support it? Another store may do something else, and its response shows it
   * too late or not at all: a write of a sub-resource becomes a PutObject, a delete becomes a DeleteBucket. The queries
   * of multipart uploads and DeleteObjects are not sub-resources.
   */
  readonly listed: boolean;
  /** Is it one of the requests of a multipart upload? */
  readonly ofUpload: boolean;
  /** What a client must be allowed; `admin` is the configuration of buckets, and buckets themselves. */
  readonly access: Access;
  /** Why it is refused where a rule encrypts, as the end of a sentence; undefined where it is not. */
  readonly plainOnly: string | undefined;
}

export type Access = 'read' | 'write' | 'list' | 'delete' | 'admin';

type Extras = Partial<Omit<Row<string>, 'name' | 'method' | 'shape' | 'query' | Derived>>;
/** What follows from the rest of a row. */
type Derived =
  | 'names'
  | 'roots'
  | 'answers'
  | 'successes'
  | 'sends'
  | 'misplaced'
  | 'metadata'
  | 'writes'
  | 'ofUpload';

/** Writes by their method, answered by a stream of events. */
const STREAMS: ReadonlySet<string> = new Set(['SelectObjectContent']);

/** A row of the table, with what follows from it. */
export function row<const Name extends string>(
  name: Name,
  method: Row<Name>['method'],
  shape: Row<Name>['shape'],
  query: readonly string[] = [],
  {
    options = [],
    headers = [],
    ssec = 'none',
    echoes = true,
    copies = false,
    appends = false,
    plainOnly,
    body = 'none',
    access = usual(method, shape),
    listed = writes(method) && isSubresource(query),
  }: Extras = {},
): Row<Name> {
  const names = new Set([...query.map((condition) => condition.split('=')[0] as string), ...options, 'x-id']);
  const ofUpload = shape === 'object' && (query.includes('uploads') || query.includes('uploadId'));
  const roots = (ANSWER_ROOTS[name] ?? []).map((root) => root.toLowerCase());
  return {
    name,
    method,
    shape,
    query,
    options,
    names,
    headers,
    ssec,
    roots,
    answers: roots.length > 0 ? 'document' : method === 'GET' || STREAMS.has(name) ? 'content' : 'nothing',
    echoes,
    copies,
    appends,
    plainOnly,
    body,
    listed,
    access,
    writes: writes(method),
    ofUpload,
    successes: successStatuses({ name, method }),
    sends: sentHeaders({ name, method }),
    misplaced: misplacedHeaders({ name, method }),
    metadata: takesMetadata({ name, method }),
  };
}

function writes(method: Row<string>['method']): boolean {
  return method === 'PUT' || method === 'POST' || method === 'DELETE';
}

function isSubresource(query: readonly string[]): boolean {
  return query.length > 0 && !query.some((name) => /^(?:uploads|uploadId|delete)$/.test(name));
}

/** What most operations of a kind need; rows that differ say so. */
function usual(method: Row<string>['method'], shape: Row<string>['shape']): Access {
  if (shape !== 'object') return shape === 'service' ? 'list' : 'admin';
  if (method === 'DELETE') return 'delete';
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS' ? 'read' : 'write';
}
