import t from 'tap';
import { OBS_OPERATIONS } from '../../src/s3/obs-operations.ts';
import { OPERATIONS } from '../../src/s3/operations.ts';

const named = (condition: (row: (typeof OPERATIONS)[number]) => boolean): string[] =>
  OPERATIONS.filter(condition)
    .map(({ name }) => name)
    .toSorted();

t.test('has 118 rows of S3 and 29 of OBS, each with a unique name', async (t) => {
  t.equal(OPERATIONS.length, 118 + OBS_OPERATIONS.length);
  t.equal(OBS_OPERATIONS.length, 29);
  t.equal(new Set(OPERATIONS.map(({ name }) => name)).size, OPERATIONS.length);
});

t.test('states the use of SSE-C of each operation as the S3 API model does', async (t) => {
  t.same(
    named(({ ssec }) => ssec === 'read'),
    ['GetObject', 'GetObjectAttributes', 'HeadObject', 'SelectObjectContent'],
  );
  t.same(
    named(({ ssec }) => ssec === 'write'),
    [
      'AppendObject',
      'CopyObject',
      'CreateMultipartUpload',
      'PostObject',
      'PutObject',
      'UploadPart',
      'UploadPartCopy',
    ],
  );
  t.same(
    named(({ ssec }) => ssec === 'upload'),
    ['CompleteMultipartUpload', 'ListParts'],
  );
  t.same(
    named(({ copies }) => copies),
    ['CopyObject', 'UploadPartCopy'],
  );
});

t.test('streams the bodies of objects and of nothing else', async (t) => {
  t.same(
    named(({ body }) => body === 'stream'),
    [
      'AppendObject',
      'ModifyObject',
      'PutObject',
      'PutObjectAnnotation',
      'UploadPart',
      'WriteGetObjectResponse',
    ],
  );
  t.same(
    named(
      ({ method, body }) => (method === 'GET' || method === 'HEAD' || method === 'DELETE') && body !== 'none',
    ),
    [],
  );
});

t.test('writes header names in lower case, as they are looked up', async (t) => {
  for (const { headers } of OPERATIONS) for (const name of headers) t.equal(name, name.toLowerCase());
});
