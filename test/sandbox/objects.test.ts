import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import t from 'tap';
import { failureOf, md5Hex, startFixture } from './fixture.ts';

const AT = { Bucket: 'bucket', Key: 'k' };

await t.test('keeps what a write says of its object, byte for byte', async (t) => {
  const { s3, raw } = await startFixture(t);
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  const headers = {
    'content-type': 'text/x',
    'content-encoding': 'gzip',
    'content-disposition': 'inline',
    'content-language': 'de',
    'cache-control': 'no-store',
    expires: 'Thu, 01 Jan 2099 00:00:00 GMT',
    // Two UTF-8 bytes of "ü", one character each, as they go over the wire.
    'x-amz-meta-name': Buffer.from('ü').toString('latin1'),
  };
  await raw({ method: 'PUT', path: '/bucket/k', headers, body: 'x' });
  const head = await raw({ method: 'HEAD', path: '/bucket/k' });
  t.match(head.headers, headers);
  const changed = await raw({ method: 'GET', path: '/bucket/k?response-content-type=a%2Fb' });
  t.equal(changed.headers['content-type'], 'a/b');
});

await t.test('object keys are bytes', async (t) => {
  const { s3 } = await startFixture(t);
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  for (const Key of ['/lead', 'a//b', 'a/../b', 'a/.', '%2F', 'a+b c', '#?&=', 'ü/😀', '{}|^\\']) {
    await s3.send(new PutObjectCommand({ Bucket: 'bucket', Key, Body: Key }));
    const got = await s3.send(new GetObjectCommand({ Bucket: 'bucket', Key }));
    t.equal(await got.Body?.transformToString(), Key);
  }
});

await t.test('ranges', async (t) => {
  const { s3, raw } = await startFixture(t);
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  await s3.send(new PutObjectCommand({ ...AT, Body: '0123456789' }));
  const get = (range: string) => raw({ method: 'GET', path: '/bucket/k', headers: { range } });
  t.match(await get('bytes=2-4'), { status: 206, body: '234', headers: { 'content-range': 'bytes 2-4/10' } });
  t.match(await get('bytes=7-'), { status: 206, body: '789' });
  t.match(await get('bytes=-3'), { status: 206, body: '789' });
  t.match(await get('bytes=-30'), { status: 206, body: '0123456789' });
  t.match(await get('bytes=8-30'), { status: 206, body: '89' });
  t.match(await get('bytes=4-2'), { status: 200, body: '0123456789' });
  t.match(await get('bytes=0-1,3-4'), { status: 200, body: '0123456789' });
  const beyond = await get('bytes=10-');
  t.match(beyond, { status: 416, headers: { 'content-range': 'bytes */10' } });
  t.match(beyond.body, '<Code>InvalidRange</Code>');
});

await t.test('conditions of reads and writes', async (t) => {
  const { s3 } = await startFixture(t);
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  const put = (more: object = {}) => s3.send(new PutObjectCommand({ ...AT, Body: 'x', ...more }));
  const get = (more: object) => s3.send(new GetObjectCommand({ ...AT, ...more }));
  const { ETag } = await put({ IfNoneMatch: '*' });
  t.match(await failureOf(put({ IfNoneMatch: '*' })), { name: 'PreconditionFailed', status: 412 });
  t.match(await failureOf(put({ IfMatch: '"other"' })), { status: 412 });
  await put({ IfMatch: ETag });
  const past = new Date(Date.now() - 3_600_000);
  const future = new Date(Date.now() + 3_600_000);
  t.match(await failureOf(get({ IfMatch: '"other"' })), { status: 412 });
  t.match(await failureOf(get({ IfNoneMatch: ETag })), { status: 304 });
  t.match(await failureOf(get({ IfModifiedSince: future })), { status: 304 });
  t.match(await failureOf(get({ IfUnmodifiedSince: past })), { status: 412 });
  await get({ IfMatch: ETag, IfUnmodifiedSince: past });
  await get({ IfNoneMatch: '"other"', IfModifiedSince: future });
  const copy = { Bucket: 'bucket', Key: 'copy', CopySource: 'bucket/k' };
  t.match(await failureOf(s3.send(new CopyObjectCommand({ ...copy, CopySourceIfNoneMatch: ETag }))), {
    status: 412,
  });
});

await t.test('of writes at once with If-None-Match one wins', async (t) => {
  const { s3 } = await startFixture(t);
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  const results = await Promise.allSettled(
    Array.from({ length: 8 }, (_, i) =>
      s3.send(new PutObjectCommand({ ...AT, Body: `${i}`, IfNoneMatch: '*' })),
    ),
  );
  t.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
});

await t.test('digests that do not match the body leave nothing behind', async (t) => {
  const { s3, raw, disk } = await startFixture(t);
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  const wrong: [string, Record<string, string>][] = [
    ['BadDigest', { 'content-md5': createHash('md5').update('y').digest('base64') }],
    ['InvalidDigest', { 'content-md5': 'nonsense' }],
    ['BadDigest', { 'x-amz-checksum-crc32': 'AAAAAA==' }],
    ['BadDigest', { 'x-amz-checksum-crc32c': 'AAAAAA==' }],
    ['BadDigest', { 'x-amz-checksum-crc64nvme': 'AAAAAAAAAAA=' }],
    ['BadDigest', { 'x-amz-checksum-sha1': createHash('sha1').update('y').digest('base64') }],
    ['InvalidRequest', { 'x-amz-checksum-sha256': 'AAAA' }],
    ['InvalidRequest', { 'x-amz-sdk-checksum-algorithm': 'CRC32' }],
    ['XAmzContentSHA256Mismatch', { 'x-amz-content-sha256': createHash('sha256').update('y').digest('hex') }],
    ['MissingContentLength', { 'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD' }],
    ['NotImplemented', { 'x-amz-server-side-encryption': 'AES256' }],
  ];
  for (const [code, headers] of wrong) {
    const { body } = await raw({ method: 'PUT', path: '/bucket/k', headers, body: 'x' });
    t.match(body, `<Code>${code}</Code>`, Object.keys(headers).join());
  }
  t.strictSame(await disk(), []);
  t.match(await failureOf(s3.send(new HeadObjectCommand(AT))), { status: 404 });
});

await t.test('a checksum is stored and comes back when asked for', async (t) => {
  const { s3 } = await startFixture(t);
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  await s3.send(new PutObjectCommand({ ...AT, Body: 'hello', ChecksumAlgorithm: 'CRC32' }));
  const value = Buffer.alloc(4);
  value.writeUInt32BE(crc32('hello'));
  const ChecksumCRC32 = value.toString('base64');
  t.match(await s3.send(new HeadObjectCommand({ ...AT, ChecksumMode: 'ENABLED' })), { ChecksumCRC32 });
  const attributes = await s3.send(
    new GetObjectAttributesCommand({ ...AT, ObjectAttributes: ['ETag', 'Checksum', 'ObjectSize'] }),
  );
  t.match(attributes, { ETag: md5Hex('hello'), ObjectSize: 5, Checksum: { ChecksumCRC32 } });
  t.equal(attributes.StorageClass, undefined, 'only what was asked for');
});

await t.test('a copy keeps or replaces metadata and tags', async (t) => {
  const { s3 } = await startFixture(t);
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  await s3.send(new PutObjectCommand({ ...AT, Body: 'x', Metadata: { a: 'b' }, Tagging: 'c=d' }));
  const copy = { Bucket: 'bucket', Key: 'copy', CopySource: 'bucket/k' } as const;
  await s3.send(new CopyObjectCommand({ ...copy, Metadata: { ignored: 'yes' } }));
  t.match(await s3.send(new HeadObjectCommand({ Bucket: 'bucket', Key: 'copy' })), {
    Metadata: { a: 'b' },
    TagCount: 1,
  });
  await s3.send(
    new CopyObjectCommand({
      ...copy,
      MetadataDirective: 'REPLACE',
      TaggingDirective: 'REPLACE',
      Metadata: { e: 'f' },
    }),
  );
  const head = await s3.send(new HeadObjectCommand({ Bucket: 'bucket', Key: 'copy' }));
  t.strictSame([head.Metadata, head.TagCount], [{ e: 'f' }, undefined]);
  t.match(await failureOf(s3.send(new CopyObjectCommand({ ...AT, CopySource: 'bucket/k' }))), {
    name: 'InvalidRequest',
    message: /^This copy request is illegal/,
  });
});

await t.test('conditions of deletes are kept, each object for itself', async (t) => {
  const { s3 } = await startFixture(t);
  const Bucket = 'bucket';
  await s3.send(new CreateBucketCommand({ Bucket }));
  const put = async (Key: string): Promise<string> =>
    (await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }))).ETag ?? '';
  const etag = await put('a');
  const other = await put('b');
  const remove = (Key: string, IfMatch: string) => s3.send(new DeleteObjectCommand({ Bucket, Key, IfMatch }));
  t.match(await failureOf(remove('a', other)), { name: 'PreconditionFailed', status: 412 });
  t.match(await failureOf(remove('missing', '*')), { name: 'NoSuchKey', status: 404 });
  const Objects = [
    { Key: 'a', ETag: other },
    { Key: 'b', ETag: other },
    { Key: 'missing', ETag: other },
  ];
  const { Deleted, Errors } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  t.strictSame(
    Deleted?.map(({ Key }) => Key),
    ['b'],
  );
  t.match(Errors, [
    { Key: 'a', Code: 'PreconditionFailed' },
    { Key: 'missing', Code: 'NoSuchKey' },
  ]);
  await remove('a', etag);
  t.match(await failureOf(s3.send(new GetObjectCommand({ Bucket, Key: 'a' }))), { name: 'NoSuchKey' });
});

await t.test('a range counts under If-Range for the very object alone', async (t) => {
  const { s3, raw } = await startFixture(t);
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  const { ETag = '' } = await s3.send(
    new PutObjectCommand({ Bucket: 'bucket', Key: 'k', Body: '0123456789' }),
  );
  const get = (condition: string) =>
    raw({ method: 'GET', path: '/bucket/k', headers: { range: 'bytes=2-4', 'if-range': condition } });
  const { headers } = await raw({ method: 'HEAD', path: '/bucket/k' });
  for (const condition of [ETag, headers['last-modified'] ?? ''])
    t.match(await get(condition), { status: 206, body: '234' }, condition);
  for (const condition of ['"other"', `W/${ETag}`, 'Thu, 01 Jan 2026 00:00:00 GMT', 'nonsense'])
    t.match(await get(condition), { status: 200, body: '0123456789' }, condition);
});

await t.test('an override of a header goes out in Latin-1, or not at all', async (t) => {
  const { s3, raw } = await startFixture(t);
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  await s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'k', Body: 'x' }));
  const get = (value: string) =>
    raw({ method: 'GET', path: `/bucket/k?response-content-disposition=${encodeURIComponent(value)}` });
  t.match(await get('inline; filename="ü.txt"'), {
    status: 200,
    headers: { 'content-disposition': 'inline; filename="ü.txt"' },
  });
  t.match(await get('inline; filename="€.txt"'), {
    status: 400,
    body: /InvalidArgument.*<ArgumentName>response-content-disposition</,
  });
  t.match(await get('a\nb'), { status: 400, body: /InvalidArgument/ });
});
