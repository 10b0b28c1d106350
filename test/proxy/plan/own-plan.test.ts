import t from 'tap';
import { type OwnQuery, ownPlan } from '../../../src/proxy/plan/own-plan.ts';
import type { OperationName } from '../../../src/s3/operations.ts';
import { snapshotOf } from '../../support/snapshot.ts';

const { upstream } = snapshotOf({});

function queryOf(name: OperationName, query: OwnQuery): string {
  const about = { shape: 'object', bucket: 'bucket', objectKey: 'key' } as const;
  return ownPlan({ name, about, query, upstream, credentials: undefined }).target.query.encode();
}

t.test('asks nothing that is another request without its value', async (t) => {
  const lacking: [OperationName, OwnQuery][] = [
    ['AbortMultipartUpload', { uploadId: '' }],
    ['AbortMultipartUpload', { uploadId: undefined }],
    ['UploadPart', { partNumber: '10000', uploadId: '' }],
    ['UploadPart', { partNumber: '', uploadId: 'u' }],
    ['UploadPart', { partNumber: '10001', uploadId: 'u' }],
    ['DeleteObject', { versionId: ' ' }],
    ['GetObject', { versionId: '' }],
  ];
  for (const [name, query] of lacking)
    t.throws(() => queryOf(name, query), TypeError, `${name} ${JSON.stringify(query)}`);
});

t.test('sends sub-resources without a value, and all else with one', async (t) => {
  t.equal(queryOf('CreateMultipartUpload', { uploads: undefined }), 'uploads');
  t.equal(queryOf('UploadPart', { partNumber: '1', uploadId: 'u' }), 'partNumber=1&uploadId=u');
});
