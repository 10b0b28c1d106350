import type { Sequence, Step } from './step.ts';

const REPOSITORY = 'docker/registry/v2/repositories/app';
const UPLOAD = `${REPOSITORY}/_uploads/f83e1d12`;
const BLOB = 'docker/registry/v2/blobs/sha256/56/567890/data';
const MANIFEST = 'docker/registry/v2/blobs/sha256/9a/9a9da2/data';
const LAYER = `${REPOSITORY}/_layers/sha256/567890/link`;
const REVISION = `${REPOSITORY}/_manifests/revisions/sha256/9a9da2/link`;
const CURRENT = `${REPOSITORY}/_manifests/tags/v1/current/link`;
const INDEX = `${REPOSITORY}/_manifests/tags/v1/index/sha256/9a9da2/link`;

const WRITE = {
  'content-type': 'application/octet-stream',
  'x-amz-acl': 'private',
  'x-amz-storage-class': 'STANDARD',
};
const put = (on: string, size: number): Step => ({
  op: 'Put',
  on,
  size,
  framing: 'hash',
  md5: true,
  headers: WRITE,
});
const get = (on: string): Step => ({ op: 'Get', on, headers: { range: 'bytes=0-' } });
const stat = (on: string): Step => ({ op: 'List', on, query: { 'max-keys': '1' } });
const list = (on: string): Step => ({ op: 'List', on });
const folder = (on: string, version: '1' | '2' = '1'): Step => ({
  op: 'List',
  on,
  query: { delimiter: '/', 'max-keys': '1000', ...(version === '2' ? { 'list-type': '2' } : {}) },
});
/** The registry finds its upload again with each request of its client. */
const RESUME: readonly Step[] = [
  get(`${UPLOAD}/startedat`),
  { op: 'ListUploads', on: `${UPLOAD}/data` },
  { op: 'ListParts', on: `${UPLOAD}/data` },
];

export const registry: Sequence = {
  client: 'docker-registry 2.8.2 (distribution, S3 driver)',
  from: 'recorded',
  doing: 'a push of a layer of 12 MiB and its manifest, a pull, lists, and a manifest deleted',
  steps: [
    { ...get(LAYER), absent: true },
    put(`${UPLOAD}/startedat`, 20),
    { op: 'Begin', on: `${UPLOAD}/data`, headers: WRITE },
    put(`${UPLOAD}/hashstates/sha256/0`, 108),
    ...RESUME,
    { op: 'Part', on: `${UPLOAD}/data`, part: 1, size: 5_242_880, framing: 'hash', md5: true },
    put(`${UPLOAD}/hashstates/sha256/12582912`, 108),
    { op: 'Part', on: `${UPLOAD}/data`, part: 2, size: 7_340_032, framing: 'hash', md5: true },
    ...RESUME,
    { op: 'Complete', on: `${UPLOAD}/data` },
    stat(`${UPLOAD}/data`),
    folder(`${UPLOAD}/hashstates/sha256/`),
    get(`${UPLOAD}/hashstates/sha256/12582912`),
    stat(BLOB),
    { op: 'Copy', on: BLOB, from: `${UPLOAD}/data`, headers: WRITE },
    list(`${UPLOAD}/data`),
    { op: 'DeleteMany', many: [`${UPLOAD}/data`] },
    put(LAYER, 71),
    list(UPLOAD),
    {
      op: 'DeleteMany',
      many: [`${UPLOAD}/startedat`, `${UPLOAD}/hashstates/sha256/0`, `${UPLOAD}/hashstates/sha256/12582912`],
    },
    get(LAYER),
    stat(BLOB),
    stat(MANIFEST),
    put(MANIFEST, 444),
    put(REVISION, 71),
    put(INDEX, 71),
    put(CURRENT, 71),
    get(CURRENT),
    get(REVISION),
    stat(MANIFEST),
    get(MANIFEST),
    get(LAYER),
    stat(BLOB),
    get(BLOB),
    folder('docker/registry/v2/repositories/', '2'),
    folder(`${REPOSITORY}/_manifests/tags/`),
    list(REVISION),
    { op: 'DeleteMany', many: [REVISION] },
    get(CURRENT),
    list(`${REPOSITORY}/_manifests/tags/v1`),
    { op: 'DeleteMany', many: [CURRENT, INDEX] },
  ],
};
