import type { Sequence, Step } from './step.ts';

const CHUNK = 'tenant/1a2b3c/18f0:18f1:5e6f';
const INDEX = 'index/index_20600/1763769600-compactor.tsdb.gz';

const put = (on: string, size: number): Step => ({
  op: 'Put',
  on,
  size,
  framing: 'unsigned',
  md5: true,
  headers: { 'content-type': 'application/octet-stream' },
});
const list = (on: string, delimiter: '/' | ''): Step => ({
  op: 'List',
  on,
  query: { delimiter, 'encoding-type': 'url', 'fetch-owner': 'true', 'list-type': '2' },
});

/** Loki with `use_thanos_objstore`; Thanos and Mimir store by the same library. */
export const loki: Sequence = {
  client: 'thanos-io/objstore 71d60dfee488 with minio-go 7.0.93 (Loki)',
  from: 'library',
  doing: 'a chunk and an index stored, listed, read whole and in part, looked at and deleted',
  steps: [
    { op: 'Head', on: CHUNK, absent: true },
    put(CHUNK, 1500),
    put(INDEX, 6_291_456),
    list('tenant/', '/'),
    list('index/', ''),
    list('index/', '/'),
    { op: 'Get', on: CHUNK },
    { op: 'Get', on: INDEX, headers: { range: 'bytes=100-299' } },
    { op: 'Head', on: INDEX },
    { op: 'Get', on: INDEX },
    { op: 'Delete', on: CHUNK },
    { op: 'Get', on: CHUNK, absent: true },
  ],
};
