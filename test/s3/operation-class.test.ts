import t from 'tap';
import { OPERATION_CLASSES, operationClass } from '../../src/s3/operation-class.ts';
import { OPERATIONS } from '../../src/s3/operations.ts';

t.test('every operation has a class, and every class an operation', (t) => {
  const found = new Set(OPERATIONS.map(({ name }) => operationClass(name)));
  t.strictSame([...found, operationClass(undefined)].toSorted(), OPERATION_CLASSES.toSorted());
  t.end();
});

t.test('what a client calls an operation makes no class of its own', (t) => {
  for (const name of ['unknown', 'constructor', '__proto__', '']) t.equal(operationClass(name), 'other');
  t.end();
});

t.test('operations are with their kind', (t) => {
  const classes = {
    GetObject: 'read',
    HeadObject: 'read',
    PutObject: 'write',
    PostObject: 'write',
    UploadPart: 'multipart',
    CompleteMultipartUpload: 'multipart',
    CopyObject: 'copy',
    UploadPartCopy: 'copy',
    ListObjectsV2: 'list',
    ListBuckets: 'list',
    DeleteObject: 'delete',
    DeleteObjects: 'delete',
    CreateBucket: 'admin',
    PutBucketPolicy: 'admin',
  };
  for (const [name, expected] of Object.entries(classes)) t.equal(operationClass(name), expected, name);
  t.end();
});
