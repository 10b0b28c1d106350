import type { Sequence, Step } from './step.ts';

/** What Loki does with each of its clients; the names of chunks have colons. */
interface LokiClient {
  readonly folder: string;
  readonly put: Omit<Step, 'op' | 'on' | 'size'>;
  /** Puts the name of the operation into the query. */
  readonly names: boolean;
  /** Waits for a 100 before bodies of two megabytes. */
  readonly expects: boolean;
  readonly list: Readonly<Record<string, string>>;
}

/** With `use_thanos_objstore`; Thanos and Mimir use the same library. */
const OBJSTORE: LokiClient = {
  folder: 'objstore/',
  put: { framing: 'unsigned', proof: 'md5', headers: { 'content-type': 'application/octet-stream' } },
  names: false,
  expects: false,
  list: { 'encoding-type': 'url', 'fetch-owner': 'true', 'list-type': '2' },
};
/** Loki's own client, without that option. */
const AWS_SDK_2: LokiClient = {
  folder: 'sdk-2/',
  put: {
    framing: 'unsigned',
    headers: { 'content-type': 'application/octet-stream', 'x-amz-storage-class': 'STANDARD' },
  },
  names: true,
  expects: true,
  list: { 'list-type': '2' },
};
/** Loki's own client, before it moved to version 2 of the SDK. */
const AWS_SDK_1: LokiClient = {
  folder: 'sdk-1/',
  put: { framing: 'hash', proof: 'md5', headers: { 'x-amz-storage-class': 'STANDARD' } },
  names: false,
  expects: true,
  list: { 'list-type': '2' },
};

function stepsOf({ folder, put, names, expects, list }: LokiClient): readonly Step[] {
  const chunk = `${folder}tenant/1a2b3c/18f0:18f1:5e6f`;
  const index = `${folder}index/index_20600/1763769600-compactor.tsdb.gz`;
  const named = (id: string): Pick<Step, 'query'> => (names ? { query: { 'x-id': id } } : {});
  const write = (on: string, size: number): Step => ({
    op: 'Put',
    on,
    size,
    ...put,
    ...named('PutObject'),
    headers: { ...put.headers, ...(expects && size > 2_097_152 ? { expect: '100-continue' } : {}) },
  });
  const find = (on: string, delimiter: '/' | ''): Step => ({
    op: 'List',
    on,
    query: { ...list, delimiter },
  });
  return [
    { op: 'Head', on: chunk, absent: true },
    write(chunk, 1500),
    write(index, 6_291_456),
    find(`${folder}tenant/`, '/'),
    find(`${folder}index/`, ''),
    find(`${folder}index/`, '/'),
    { op: 'Get', on: chunk, ...named('GetObject') },
    { op: 'Get', on: index, headers: { range: 'bytes=100-299' }, ...named('GetObject') },
    { op: 'Head', on: index },
    { op: 'Get', on: index, ...named('GetObject') },
    { op: 'Delete', on: chunk, ...named('DeleteObject') },
    { op: 'Get', on: chunk, absent: true, ...named('GetObject') },
  ];
}

export const loki: Sequence = {
  client: 'Loki with minio-go 7.0.93, AWS SDKs 1.55.8 and v2 1.101.0',
  from: 'library',
  doing:
    'with each of them: a chunk and an index stored, listed, read completely and in part, checked with HEAD and deleted',
  steps: [OBJSTORE, AWS_SDK_2, AWS_SDK_1].flatMap(stepsOf),
};
