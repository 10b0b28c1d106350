import type { Sequence, Step } from './step.ts';

const WAL = 'main/wals/0000000100000000/000000010000000000000001';
const BASE = 'main/base/20261122T000000';

/** boto3 sends a body as a stream, and waits for a 100 before. */
const CHECKSUM = { 'x-amz-sdk-checksum-algorithm': 'CRC32', expect: '100-continue' };
const put = (on: string, size: number): Step => ({
  op: 'Put',
  on,
  size,
  framing: 'endless trailer',
  headers: CHECKSUM,
});
const get = (on: string): Step => ({ op: 'Get', on, headers: { 'x-amz-checksum-mode': 'ENABLED' } });
const list = (on: string, delimiter: '/' | ''): Step => ({
  op: 'List',
  on,
  query: { 'list-type': '2', delimiter, 'encoding-type': 'url' },
});

/** CloudNativePG archives and restores with barman-cloud, on boto3. */
export const cnpg: Sequence = {
  client: 'barman-cloud 3.19.1 with boto3 1.44.5 (CloudNativePG)',
  from: 'recorded',
  doing:
    'check-wal-archive, wal-archive, wal-restore and backup-list by its commands; a base backup of two parts by its library, without PostgreSQL',
  steps: [
    { op: 'HeadBucket' },
    list('main/wals/', ''),
    put(WAL, 16_777_216),
    list('main/base/', '/'),
    list(WAL, '/'),
    get(WAL),
    { op: 'HeadBucket' },
    { op: 'Begin', on: `${BASE}/data.tar` },
    {
      op: 'Part',
      on: `${BASE}/data.tar`,
      part: 1,
      size: 6_291_456,
      framing: 'endless trailer',
      headers: CHECKSUM,
    },
    {
      op: 'Part',
      on: `${BASE}/data.tar`,
      part: 2,
      size: 100_000,
      framing: 'endless trailer',
      headers: CHECKSUM,
    },
    { op: 'Complete', on: `${BASE}/data.tar` },
    put(`${BASE}/backup.info`, 12),
    list('main/base/', '/'),
    get(`${BASE}/backup.info`),
    get(`${BASE}/data.tar`),
    {
      op: 'DeleteMany',
      many: [`${BASE}/backup.info`, `${BASE}/data.tar`],
      proof: 'crc32',
      headers: { 'x-amz-sdk-checksum-algorithm': 'CRC32' },
    },
  ],
};
