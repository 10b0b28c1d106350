import type { Sequence, Step } from './step.ts';

const REPOSITORY = 'docker/registry/v2/repositories/app';
const UPLOAD = `${REPOSITORY}/_uploads/f83e1d12`;
const BLOB = 'docker/registry/v2/blobs/sha256/56/567890/data';
const MANIFEST = 'docker/registry/v2/blobs/sha256/9a/9a9da2/data';
/** The name of the same layer when it is copied in parts. */
const LARGE_BLOB = 'docker/registry/v2/blobs/sha256/d7/d77ed8/data';
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
  proof: 'md5',
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
const part = (number: number, size: number): Step => ({
  op: 'Part',
  on: `${UPLOAD}/data`,
  part: number,
  size,
  framing: 'hash',
  proof: 'md5',
  headers: { expect: '100-Continue' },
});
/**
 * A layer above `multipartcopythresholdsize` (32 MiB) is copied in parts of that size. To send less, this smaller layer is
 * copied again in parts, of the smallest `multipartcopychunksize`.
 */
const copyOfPart = (number: number, range: string): Step => ({
  op: 'PartCopy',
  on: LARGE_BLOB,
  from: `${UPLOAD}/data`,
  part: number,
  headers: { 'x-amz-copy-source-range': range },
});
/** The redirect that a registry sends its client by default. */
const link = (on: string): Step => ({ op: 'Link', on, query: { 'X-Amz-Expires': '1200' } });
/** The registry looks up its upload at each request of its client. */
const RESUME: readonly Step[] = [
  get(`${UPLOAD}/startedat`),
  { op: 'ListUploads', on: `${UPLOAD}/data` },
  { op: 'ListParts', on: `${UPLOAD}/data` },
];

export const registry: Sequence = {
  client: 'docker-registry 2.8.2 (distribution, S3 driver)',
  from: 'recorded',
  doing:
    'a push of a layer of 12 MiB, copied at once and in parts, and of its manifest; a pull, also through links; lists; a deleted manifest',
  steps: [
    { ...get(LAYER), absent: true },
    put(`${UPLOAD}/startedat`, 20),
    { op: 'Begin', on: `${UPLOAD}/data`, headers: WRITE },
    put(`${UPLOAD}/hashstates/sha256/0`, 108),
    ...RESUME,
    part(1, 5_242_880),
    put(`${UPLOAD}/hashstates/sha256/12582912`, 108),
    part(2, 7_340_032),
    ...RESUME,
    { op: 'Complete', on: `${UPLOAD}/data` },
    stat(`${UPLOAD}/data`),
    folder(`${UPLOAD}/hashstates/sha256/`),
    get(`${UPLOAD}/hashstates/sha256/12582912`),
    stat(BLOB),
    stat(`${UPLOAD}/data`),
    { op: 'Copy', on: BLOB, from: `${UPLOAD}/data`, headers: WRITE },
    { op: 'Begin', on: LARGE_BLOB, headers: WRITE },
    copyOfPart(2, 'bytes=5242880-12582911'),
    copyOfPart(1, 'bytes=0-5242879'),
    { op: 'Complete', on: LARGE_BLOB },
    list(`${UPLOAD}/data`),
    { op: 'DeleteMany', proof: 'md5', many: [`${UPLOAD}/data`] },
    put(LAYER, 71),
    list(UPLOAD),
    {
      op: 'DeleteMany',
      proof: 'md5',
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
    link(BLOB),
    link(LARGE_BLOB),
    folder('docker/registry/v2/repositories/', '2'),
    folder(`${REPOSITORY}/_manifests/tags/`),
    list(REVISION),
    { op: 'DeleteMany', proof: 'md5', many: [REVISION] },
    get(CURRENT),
    list(`${REPOSITORY}/_manifests/tags/v1`),
    { op: 'DeleteMany', proof: 'md5', many: [CURRENT, INDEX] },
  ],
};
