/** What a client is asked to do, in the order in which it is asked. */
export const ACTIONS = [
  { id: 'put', title: 'put 20 kB' },
  { id: 'put-large', title: 'put 20 MiB' },
  { id: 'put-stream', title: 'put a stream' },
  { id: 'checksums', title: 'put with checksums' },
  { id: 'get', title: 'get' },
  { id: 'get-large', title: 'get 20 MiB' },
  { id: 'range', title: 'get a range' },
  { id: 'head', title: 'head' },
  { id: 'list', title: 'list' },
  { id: 'link', title: 'presigned link' },
  { id: 'copy', title: 'copy' },
  { id: 'move', title: 'move' },
  { id: 'delete', title: 'delete' },
  { id: 'sync', title: 'sync twice' },
  { id: 'check', title: 'check' },
  { id: 'awkward', title: 'unusual object keys' },
  { id: 'parts', title: 'parts, one a copy' },
  { id: 'append', title: 'append' },
  { id: 'metadata', title: 'set metadata' },
  { id: 'acl', title: 'ACL' },
  { id: 'encryption', title: 'default encryption' },
  { id: 'versions', title: 'versions' },
  { id: 'form', title: 'form' },
  { id: 'files', title: 'rename, truncate, modify' },
  { id: 'boto3', title: 'read by boto3' },
] as const;

export type Action = (typeof ACTIONS)[number];
export type ActionId = Action['id'];
export const SCHEMES = ['https', 'http'] as const;
export type Scheme = (typeof SCHEMES)[number];

/** `absent`: the client has no such thing. `blind` and the like do not exist: a cell is what was seen. */
export type Verdict =
  | { readonly kind: 'ok' }
  | { readonly kind: 'failed'; readonly said: string }
  | { readonly kind: 'absent' };

/** One action of one client over one scheme to one store, as it was seen. */
export interface Cell {
  readonly store: string;
  readonly client: string;
  readonly scheme: Scheme;
  readonly action: ActionId;
  readonly verdict: Verdict;
}
