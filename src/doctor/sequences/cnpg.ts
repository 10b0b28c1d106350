import type { Sequence, Step } from './step.ts';

const WAL = 'main/wals/0000000100000000/000000010000000000000001';
const BASE = 'main/base/20261122T000000';
const INFO = `${BASE}/backup.info`;
const DATA = `${BASE}/data.tar`;

/** boto3 sends a body as a stream, after waiting for a 100. */
const CHECKSUM = { 'x-amz-sdk-checksum-algorithm': 'CRC32', expect: '100-continue' };
const put = (on: string, size: number): Step => ({
  op: 'Put',
  on,
  size,
  framing: 'endless trailer',
  headers: CHECKSUM,
});
/** The first part of a real one has 20 MiB and more. */
const part = (number: number, size: number): Step => ({ ...put(DATA, size), op: 'Part', part: number });
const get = (on: string): Step => ({ op: 'Get', on, headers: { 'x-amz-checksum-mode': 'ENABLED' } });
const list = (on: string, delimiter: '/' | ''): Step => ({
  op: 'List',
  on,
  query: { 'list-type': '2', delimiter, 'encoding-type': 'url' },
});
const remove = (on: string): Step => ({
  op: 'DeleteMany',
  many: [on],
  proof: 'crc32',
  headers: { 'x-amz-sdk-checksum-algorithm': 'CRC32' },
});

/** CloudNativePG archives and restores with barman-cloud, on boto3. */
export const cnpg: Sequence = {
  client: 'barman-cloud 3.19.1 with boto3 1.44.5 (CloudNativePG)',
  from: 'recorded',
  doing: 'check-wal-archive, wal-archive, wal-restore; backup, backup-list, restore, backup-delete',
  steps: [
    { op: 'HeadBucket' },
    list('main/wals/', ''),
    put(WAL, 16_777_216),
    list(WAL, '/'),
    get(WAL),
    // Once at the start of the backup, and again at its end.
    put(INFO, 718),
    { op: 'Begin', on: DATA },
    part(1, 6_291_456),
    part(2, 100_000),
    { op: 'Complete', on: DATA },
    put(INFO, 1262),
    list('main/base/', '/'),
    get(INFO),
    list('main/base/', ''),
    get(INFO),
    list(`${BASE}/`, '/'),
    get(DATA),
    list('main/base/', '/'),
    get(INFO),
    { ...get(`${BASE}/annotations/keep`), absent: true },
    get(INFO),
    list(`${BASE}/`, '/'),
    remove(DATA),
    remove(INFO),
    list('main/wals/', '/'),
    list('main/wals/', ''),
  ],
};
