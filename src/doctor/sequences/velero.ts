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
  headers: { 'x-amz-sdk-checksum-algorithm': 'CRC32' },
});
const get = (on: string): Step => ({ op: 'Get', on, headers: { 'x-amz-checksum-mode': 'ENABLED' } });
const list = (on: string, delimiter?: '/'): Step => ({
  op: 'List',
  on,
  query: { 'list-type': '2', ...(delimiter === undefined ? {} : { delimiter }) },
});

/**
 * As velero-plugin-for-aws 1.14.3 calls the AWS SDK for Go, in the order of Velero's backup store: IsValid, PutBackup,
 * ListBackups, a restore, DeleteBackup. Backups of more than 5 MiB, which go in parts, and download links are left out.
 */
export const velero: Sequence = {
  client: 'Velero with velero-plugin-for-aws 1.14.3',
  from: 'written',
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
    { op: 'Delete', on: OPERATIONS },
    { op: 'Delete', on: LOGS },
    { op: 'Delete', on: CONTENTS },
    { op: 'Delete', on: METADATA },
  ],
};
