import t from 'tap';
import { MODEL_REQUESTS } from '../../src/s3/model-headers.ts';
import { OPERATIONS, operation } from '../../src/s3/operations.ts';
import { PROVIDERS } from '../../src/s3/providers.ts';
import { refusalOf } from '../../src/s3/refused-headers.ts';
import { HARMLESS, NOT_DONE } from '../../src/s3/request-headers.ts';

t.test("sends each operation every header of the model's", (t) => {
  for (const { name, sends } of OPERATIONS) {
    const modelled = (MODEL_REQUESTS[name] ?? '')
      .split(' ')
      .filter((one) => one !== '' && !NOT_DONE.has(one));
    for (const header of modelled) t.ok(sends.has(header), `${name} ${header}`);
  }
  const known = new Set<string>(OPERATIONS.map(({ name }) => name));
  t.same(
    Object.keys(MODEL_REQUESTS).filter((name) => !known.has(name)),
    [],
    'and no operation of the model is without a row',
  );
  t.end();
});

t.test('sends what is easily missed', (t) => {
  for (const [name, header] of [
    ['CompleteMultipartUpload', 'x-amz-mp-object-size'],
    ['CompleteMultipartUpload', 'x-amz-checksum-type'],
    ['CreateMultipartUpload', 'x-amz-checksum-type'],
    ['GetObjectAttributes', 'x-amz-max-parts'],
    ['GetObjectAttributes', 'x-amz-part-number-marker'],
    ['DeleteObject', 'x-amz-mfa'],
    ['DeleteObjects', 'x-amz-mfa'],
    ['PutBucketVersioning', 'x-amz-mfa'],
    ['DeleteObject', 'x-amz-if-match-size'],
    ['DeleteObject', 'x-amz-if-match-last-modified-time'],
    ['AbortMultipartUpload', 'x-amz-if-match-initiated-time'],
    ['CopyObject', 'x-amz-source-expected-bucket-owner'],
    ['UploadPartCopy', 'x-amz-source-expected-bucket-owner'],
    ['CreateBucket', 'x-amz-bucket-object-lock-enabled'],
    ['CreateBucket', 'x-amz-object-ownership'],
    ['PutBucketPolicy', 'x-amz-confirm-remove-self-bucket-access'],
    ['PutBucketNotificationConfiguration', 'x-amz-skip-destination-validation'],
    ['PutBucketLifecycleConfiguration', 'x-amz-transition-default-minimum-object-size'],
    ['PutObject', 'x-amz-checksum-algorithm'],
    ['PutObject', 'x-amz-decoded-content-length'],
    ['PutObject', 'x-amz-trailer'],
    ['UploadPart', 'x-amz-trailer'],
    ['DeleteObjects', 'x-amz-checksum-crc32'],
    ['PutObjectRetention', 'x-amz-bypass-governance-retention'],
    ['GetObject', 'if-range'],
    ['GetObject', 'x-amz-te'],
    ['CorsPreflight', 'access-control-request-headers'],
    ['ListBuckets', 'user-agent'],
    ['PutObject', 'referer'],
    ['PutObject', 'expires'],
  ] as const)
    t.ok(operation(name).sends.has(header), `${name} ${header}`);
  t.end();
});

t.test('keeps back what a store could act upon', (t) => {
  const hostile =
    'x-amz-write-offset-bytes x-amz-replication-status x-amz-version-id content-range x-forwarded-for x-forwarded-host ' +
    'forwarded x-original-url x-rewrite-url x-http-method-override x-http-method x-method-override cookie date host ' +
    'authorization x-auth-token x-delete-at x-copy-from digest via x-real-ip x-obs-acl x-minio-force-delete';
  for (const { name, sends } of OPERATIONS)
    for (const header of hostile.split(' ')) t.notOk(sends.has(header), `${name} ${header}`);
  t.end();
});

const { generic, minio, ceph } = PROVIDERS;
const codeFor = (header: string, provider = generic): string =>
  refusalOf(header, operation('PutObject'), provider)?.code ?? 'ok';

t.test('refuses a write for what is unknown of S3, and for the names of other vendors', (t) => {
  for (const header of [
    'x-amz-unheard-of',
    'x-amz-write-offset-bytes',
    'x-amz-server-side-encryption-something-new',
    'x-amz-checksum-blake3',
    'x-amz-copy-source_range',
    'x-amz-auto-make-bucket',
    'x-amz-',
  ])
    t.equal(codeFor(header), 'NotImplemented', header);
  for (const header of [
    'x-obs-copy-source',
    'x-obs-acl',
    'x_obs_acl',
    'x-obs-server-side-encryption',
    'x-oss-object-acl',
    'x-goog-acl',
    'x-goog-if-generation-match',
    'x-minio-source-replication-request',
    'x-minio-force-delete',
    'x-minio-meta-object-expires',
    'x-rgw-storequery',
    'x-cos-acl',
    'x-bce-acl',
    'x-kss-acl',
    'x-tos-acl',
    'x-ms-blob-type',
    'x-bz-file-name',
    'x-object-meta-a',
    'x-container-read',
    'x-seaweedfs-upload-id',
    'seaweed-x-amz-owner',
    's3-is-admin',
  ])
    t.equal(codeFor(header), 'InvalidArgument', header);
  for (const header of ['x-forwarded-for', 'cookie', 'x-request-id', 'x-amzn-trace-id', 'traceparent', 'via'])
    t.equal(codeFor(header), 'ok', `${header} only stays here`);
  t.match(refusalOf('x-amz-new', operation('PutObject'), generic)?.message, /x-amz-new.*Leave it out/);
  t.end();
});

t.test('lets nobody fail for headers of an answer, of an SDK or of what stands in front', (t) => {
  for (const header of [
    'x-amz-request-id',
    'x-amz-id-2',
    'x-amz-tagging-count',
    'x-amz-replication-status',
    'x-amz-mp-parts-count',
    'x-rgw-object-type',
    'x-amz-user-agent',
    'x-amz-cf-id',
    'amz-sdk-request',
    'x-amz-date',
    'x-amz-security-token',
  ])
    t.ok(HARMLESS.has(header), header);
  t.end();
});

t.test('refuses metadata that a store acts upon, and no other', (t) => {
  for (const header of [
    'x-amz-meta-snowball-auto-extract',
    'x-amz-meta-snowball_auto_extract',
    'x-amz-meta-minio-snowball-prefix',
    'x-amz-meta-minio-snowball-ignore-dirs',
    'x-amz-meta-rustfs-snowball-prefix',
  ]) {
    t.equal(codeFor(header, minio), 'InvalidArgument', header);
    t.equal(codeFor(header, generic), 'InvalidArgument', header);
    t.equal(codeFor(header, ceph), 'ok', header);
  }
  for (const header of ['x-amz-meta-object-expires', 'x-amz-meta-scal-location-constraint'])
    t.equal(codeFor(header, generic), 'InvalidArgument', header);
  for (const header of ['x-amz-meta-a', 'x-amz-meta-mtime', 'x-amz-meta-s3cmd-attrs', 'x-amz-meta-x-amz-iv'])
    t.equal(codeFor(header, generic), 'ok', header);
  t.match(refusalOf('x-amz-meta-snowball-auto-extract', operation('PutObject'), minio)?.message, /archive/);
  t.end();
});
