import t from 'tap';
import { classify } from '../../src/s3/classify.ts';
import { OPERATIONS, type Operation } from '../../src/s3/operations.ts';
import { parseTarget } from '../../src/s3/target.ts';
import { parameterFor } from '../support/conditions.ts';
import { codeOf } from '../support/failure.ts';
import { wireHeaders } from '../support/headers.ts';

const nameOf = (method: string, rawTarget: string, headers: Record<string, string> = {}): string =>
  classify(method, parseTarget(rawTarget, undefined, []), wireHeaders(headers)).name;
const codeFor = (method: string, rawTarget: string, headers: Record<string, string> = {}): string =>
  codeOf(() => nameOf(method, rawTarget, headers));

/** Operations that nothing on the wire tells from another one of the table. */
const ALIASES: Readonly<Record<string, string>> = {
  ListDirectoryBuckets: 'ListBuckets',
  GetBucketLifecycle: 'GetBucketLifecycleConfiguration',
  GetBucketNotification: 'GetBucketNotificationConfiguration',
  PutBucketLifecycle: 'PutBucketLifecycleConfiguration',
  PutBucketNotification: 'PutBucketNotificationConfiguration',
};

const PATHS = { service: '/', bucket: '/bucket', object: '/bucket/key' } as const;

function requestOf({ method, shape, query, headers }: Operation): [string, string, Record<string, string>] {
  const parameters = query.map(parameterFor).join('&');
  const fields = headers.map((condition) => condition.split('=')).map(([name, value = 'x']) => [name, value]);
  return [method, `${PATHS[shape]}${parameters && '?'}${parameters}`, Object.fromEntries(fields)];
}

for (const row of OPERATIONS) {
  t.test(`reaches ${row.name} from a request made of its row`, async (t) => {
    const request = requestOf(row);
    t.equal(nameOf(...request), ALIASES[row.name] ?? row.name);
    const [method, rawTarget, headers] = request;
    const withMore = `${rawTarget}${rawTarget.includes('?') ? '&' : '?'}x-id=${row.name}`;
    t.equal(nameOf(method, withMore, headers), ALIASES[row.name] ?? row.name, 'x-id changes nothing');
  });
}

t.test('reads sub-resources without a value and with an empty one', async (t) => {
  for (const form of ['', '=']) {
    t.equal(nameOf('POST', `/bucket/key?uploads${form}`), 'CreateMultipartUpload');
    t.equal(nameOf('POST', `/bucket?delete${form}`), 'DeleteObjects');
    t.equal(nameOf('GET', `/bucket/?location${form}`), 'GetBucketLocation');
  }
});

t.test('chooses the object, not the bucket, when there is an object key', async (t) => {
  t.equal(nameOf('PUT', '/bucket?encryption'), 'PutBucketEncryption');
  t.equal(nameOf('PUT', '/bucket/key?encryption'), 'UpdateObjectEncryption');
  t.equal(nameOf('GET', '/bucket?tagging'), 'GetBucketTagging');
  t.equal(nameOf('GET', '/bucket/key?tagging'), 'GetObjectTagging');
  t.equal(nameOf('GET', '/bucket/?acl'), 'GetBucketAcl');
});

t.test('distinguishes the four writes with PUT', async (t) => {
  const copy = { 'X-Amz-Copy-Source': '/b/k' };
  t.equal(nameOf('PUT', '/bucket/key'), 'PutObject');
  t.equal(nameOf('PUT', '/bucket/key', copy), 'CopyObject');
  t.equal(nameOf('PUT', '/bucket/key?partNumber=1&uploadId=u'), 'UploadPart');
  t.equal(nameOf('PUT', '/bucket/key?uploadId=u&partNumber=1', copy), 'UploadPartCopy');
  t.equal(
    nameOf('PUT', '/bucket/key?tagging', copy),
    'PutObjectTagging',
    'a sub-resource wins over a header',
  );
});

t.test('lets reads have their options', async (t) => {
  t.equal(nameOf('GET', '/bucket/key?response-content-type=a&versionId=1&partNumber=2'), 'GetObject');
  t.equal(nameOf('HEAD', '/bucket/key?partNumber=1'), 'HeadObject');
  t.equal(nameOf('DELETE', '/bucket/key?versionId=1'), 'DeleteObject');
  t.equal(
    nameOf('GET', '/bucket?prefix=a&delimiter=%2F&max-keys=1&marker=b&encoding-type=url'),
    'ListObjects',
  );
  t.equal(
    nameOf('GET', '/bucket?list-type=2&continuation-token=a&fetch-owner=true&start-after=b'),
    'ListObjectsV2',
  );
  t.equal(nameOf('GET', '/bucket?list-type=1'), 'ListObjects');
  t.equal(nameOf('GET', '/bucket?versions&key-marker=a&version-id-marker=b'), 'ListObjectVersions');
  t.equal(nameOf('GET', '/bucket?uploads&upload-id-marker=a&max-uploads=1'), 'ListMultipartUploads');
  t.equal(nameOf('GET', '/bucket/key?uploadId=u&part-number-marker=1&max-parts=2'), 'ListParts');
  t.equal(nameOf('GET', '/?max-buckets=1&bucket-region=r&prefix=p'), 'ListBuckets');
});

t.test('refuses writes with a query that their operation does not have', async (t) => {
  const refused: [string, string][] = [
    ['PUT', '/bucket/key?unknown'],
    ['PUT', '/bucket/key?uploadId=u'],
    ['PUT', '/bucket/key?partNumber=1'],
    ['PUT', '/bucket/key?uploads'],
    ['PUT', '/bucket/key?append&position=0'],
    ['POST', '/bucket/key?modify&position=0'],
    ['PUT', '/bucket/key?acl&tagging'],
    ['PUT', '/bucket/key?renameObject'],
    ['PUT', '/bucket/key?annotation'],
    ['PUT', '/bucket/key?prefix=a'],
    ['PUT', '/bucket/key?partNumber=1&uploadId=u&acl'],
    ['PUT', '/bucket?unknown'],
    ['PUT', '/bucket?analytics'],
    ['PUT', '/bucket?torrent'],
    ['POST', '/bucket/key'],
    ['POST', '/bucket/key?uploads&uploadId=u'],
    ['POST', '/bucket/key?select'],
    ['POST', '/bucket/key?select&select-type=1'],
    ['POST', '/bucket'],
    ['POST', '/bucket?unknown'],
    ['POST', '/'],
    ['DELETE', '/bucket/key?unknown'],
    ['DELETE', '/bucket/key?acl'],
    ['DELETE', '/bucket?location'],
    ['DELETE', '/bucket?unknown'],
  ];
  for (const [method, rawTarget] of refused)
    t.equal(codeFor(method, rawTarget), 'NotImplemented', `${method} ${rawTarget}`);
});

t.test('refuses reads whose query means another operation, or an unknown one', async (t) => {
  const refused: [string, string][] = [
    ['GET', '/bucket?unknown'],
    ['GET', '/bucket?acl&policy'],
    ['GET', '/bucket?uploadId=u'],
    ['GET', '/bucket?response-content-type=a'],
    ['HEAD', '/bucket?acl'],
    ['GET', '/?acl'],
    ['GET', '/?unknown'],
    ['GET', '/bucket/key?attributes'],
    ['GET', '/bucket/key?uploads'],
    ['GET', '/bucket/key?tagging&acl'],
    ['GET', '/bucket/key?annotationName=a'],
    ['HEAD', '/bucket/key?acl'],
    ['HEAD', '/bucket/key?uploadId=u'],
  ];
  for (const [method, rawTarget] of refused)
    t.equal(codeFor(method, rawTarget), 'NotImplemented', `${method} ${rawTarget}`);
});

t.test('refuses other methods', async (t) => {
  for (const method of ['PATCH', 'TRACE', 'CONNECT', 'MOVE', 'get', '']) {
    t.equal(codeFor(method, '/bucket/key'), 'MethodNotAllowed', method);
  }
  for (const method of ['PUT', 'DELETE', 'HEAD'])
    t.equal(codeFor(method, '/'), 'MethodNotAllowed', `${method} /`);
});

t.test('recognises a preflight for every target', async (t) => {
  const headers = { Origin: 'https://app.example', 'Access-Control-Request-Method': 'PUT' };
  for (const rawTarget of ['/', '/bucket', '/bucket/key', '/bucket/key?uploads&whatever']) {
    t.equal(nameOf('OPTIONS', rawTarget, headers), 'CorsPreflight');
    t.equal(codeFor('OPTIONS', rawTarget), 'NotImplemented', 'it needs its headers');
  }
});

t.test('distinguishes a form from other posts by its content type', async (t) => {
  t.equal(nameOf('POST', '/bucket', { 'content-type': 'Multipart/Form-Data; boundary=b' }), 'PostObject');
  t.equal(codeFor('POST', '/bucket', { 'content-type': 'text/plain' }), 'NotImplemented');
});
