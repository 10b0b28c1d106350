import type { Sequence, Step } from './step.ts';

const BACKUP = 'backups/nightly';
const METADATA = `${BACKUP}/velero-backup.json`;
const CONTENTS = `${BACKUP}/nightly.tar.gz`;
const LOGS = `${BACKUP}/nightly-logs.gz`;
const OPERATIONS = `${BACKUP}/nightly-itemoperations.json.gz`;

const CHECKSUM = { 'x-amz-sdk-checksum-algorithm': 'CRC32', 'content-type': 'application/octet-stream' };

const put = (on: string, size: number): Step => ({
  op: 'Put',
  on,
  size,
  framing: 'trailer',
  query: { 'x-id': 'PutObject' },
  headers: CHECKSUM,
});
const part = (number: number, size: number): Step => ({
  op: 'Part',
  on: CONTENTS,
  part: number,
  size,
  framing: 'trailer',
  query: { 'x-id': 'UploadPart' },
  headers: { ...CHECKSUM, expect: '100-continue' },
});
const get = (on: string): Step => ({ op: 'Get', on, query: { 'x-id': 'GetObject' } });
/** Velero's DownloadURLTTL is ten minutes. */
const link = (on: string): Step => ({
  op: 'Link',
  on,
  query: { 'X-Amz-Expires': '600', 'x-id': 'GetObject' },
});
const remove = (on: string): Step => ({ op: 'Delete', on, query: { 'x-id': 'DeleteObject' } });
const list = (on: string, delimiter?: '/'): Step => ({
  op: 'List',
  on,
  query: { 'list-type': '2', ...(delimiter === undefined ? {} : { delimiter }) },
});

/**
 * Requests of the object store of velero-plugin-for-aws 1.14.3, in the order of Velero's backup store: IsValid, PutBackup,
 * ListBackups, a restore, GetDownloadURL, DeleteBackup. Bodies of 5 MiB or more go in parts of 5 MiB, five at once,
 * in any order.
 */
export const velero: Sequence = {
  client: 'Velero with velero-plugin-for-aws 1.14.3',
  from: 'library',
  doing:
    'a backup of 12 MiB stored in parts, found, read for a restore, downloaded through its links and deleted',
  steps: [
    list('', '/'),
    { op: 'Head', on: METADATA, absent: true },
    put(LOGS, 4000),
    put(METADATA, 2500),
    { op: 'Begin', on: CONTENTS, headers: { 'x-amz-checksum-algorithm': 'CRC32' } },
    part(3, 2_097_152),
    part(1, 5_242_880),
    part(2, 5_242_880),
    { op: 'Complete', on: CONTENTS, proof: 'crc32', headers: { 'content-type': 'application/xml' } },
    put(OPERATIONS, 29),
    list('backups/', '/'),
    { op: 'Head', on: METADATA },
    get(METADATA),
    get(CONTENTS),
    { op: 'Head', on: OPERATIONS },
    get(OPERATIONS),
    link(LOGS),
    link(CONTENTS),
    list(`${BACKUP}/`),
    remove(METADATA),
    remove(CONTENTS),
    remove(LOGS),
    remove(OPERATIONS),
  ],
};
