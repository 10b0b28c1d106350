import type { Operation } from '../../../src/s3/operations.ts';

interface Mistaken extends Pick<Operation, 'method' | 'shape'> {
  readonly queries: readonly string[];
}

/** Names that no operation has, some of them in another spelling than S3's. */
export const UNKNOWN = ['unheard-of', 'Policy', 'versionid=1'];

/**
 * What MinIO 20260212201848 takes for ListObjects, CreateBucket, DeleteBucket, GetObject, PutObject and DeleteObject, in
 * the order of the operations table.
 */
export const MISTAKEN: readonly Mistaken[] = [
  {
    method: 'GET',
    shape: 'bucket',
    queries: ['session', 'abac', 'metadataConfiguration', 'metadataTable', ...UNKNOWN],
  },
  {
    method: 'PUT',
    shape: 'bucket',
    queries: [
      'abac',
      'accelerate',
      'analytics&id=1',
      'intelligent-tiering&id=1',
      'inventory&id=1',
      'logging',
      'metrics&id=1',
      'ownershipControls',
      'requestPayment',
      'website',
      'publicAccessBlock',
      'metadataAnnotationTable',
      'metadataInventoryTable',
      'metadataJournalTable',
      ...UNKNOWN,
    ],
  },
  {
    method: 'DELETE',
    shape: 'bucket',
    queries: [
      'analytics&id=1',
      'intelligent-tiering&id=1',
      'inventory&id=1',
      'metadataConfiguration',
      'metadataTable',
      'metrics&id=1',
      'ownershipControls',
      'publicAccessBlock',
      'abac',
      ...UNKNOWN,
    ],
  },
  {
    method: 'GET',
    shape: 'object',
    queries: ['annotation&annotationName=1', 'annotation', 'abac', ...UNKNOWN],
  },
  {
    method: 'PUT',
    shape: 'object',
    queries: ['annotation&annotationName=1', 'renameObject', 'encryption', 'abac', ...UNKNOWN],
  },
  { method: 'DELETE', shape: 'object', queries: ['annotation&annotationName=1', 'abac', ...UNKNOWN] },
];
