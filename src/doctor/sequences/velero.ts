import type { Sequence, Step } from './step.ts';

const BACKUP = 'backups/nightly';
const METADATA = `${BACKUP}/velero-backup.json`;
const CONTENTS = `${BACKUP}/nightly.tar.gz`;
const LOGS = `${BACKUP}/nightly-logs.gz`;
const OPERATIONS = `${BACKUP}/nightly-itemoperations.json.gz`;

const put = (on: string, size: number): Step => ({
  op: 'Put',
  on,
  size,
  framing: 'trailer',
  query: { 'x-id': 'PutObject' },
  headers: { 'x-amz-sdk-checksum-algorithm': 'CRC32', 'content-type': 'application/octet-stream' },
});
const get = (on: string): Step => ({ op: 'Get', on, query: { 'x-id': 'GetObject' } });
const remove = (on: string): Step => ({ op: 'Delete', on, query: { 'x-id': 'DeleteObject' } });
const list = (on: string, delimiter?: '/'): Step => ({
  op: 'List',
  on,
  query: { 'list-type': '2', ...(delimiter === undefined ? {} : { delimiter }) },
});

/**
 * Requests of the object store of velero-plugin-for-aws 1.14.3, in the order of Velero's backup store: IsValid, PutBackup,
 * ListBackups, a restore, DeleteBackup. Backups of more than 5 MiB, which go in parts, and download links are left out.
 */
export const velero: Sequence = {
  client: 'Velero with velero-plugin-for-aws 1.14.3',
  from: 'library',
  doing: 'a small backup stored, found, read for a restore and deleted',
  steps: [
    list('', '/'),
    { op: 'Head', on: METADATA, absent: true },
    put(LOGS, 4000),
    put(METADATA, 2500),
    put(CONTENTS, 1_000_000),
    put(OPERATIONS, 29),
    list('backups/', '/'),
    { op: 'Head', on: METADATA },
    get(METADATA),
    get(CONTENTS),
    { op: 'Head', on: OPERATIONS },
    get(OPERATIONS),
    list(`${BACKUP}/`),
    remove(OPERATIONS),
    remove(LOGS),
    remove(CONTENTS),
    remove(METADATA),
  ],
};
