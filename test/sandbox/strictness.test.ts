import { CreateBucketCommand } from '@aws-sdk/client-s3';
import t from 'tap';
import { newKey, startFixture } from './fixture.ts';

// Each of these is refused by Ceph, by MinIO or by both (`npm run test:differential`).
await t.test('is as strict as the strictest store beside it', async (t) => {
  const { s3, raw } = await startFixture(t);
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  const key = newKey().headers;
  await raw({ method: 'PUT', path: '/bucket/there', headers: key, body: 'x' });
  const prefix = 'x-amz-server-side-encryption-customer-';
  const refusals = [
    ['GET', 'there', { 'x-amz-server-side-encryption': 'AES256' }, 'InvalidRequest'],
    ['GET', 'there?versionId=none', {}, 'InvalidArgument'],
    ['PUT', 'new', { 'x-amz-server-side-encryption-aws-kms-key-id': 'some' }, 'InvalidArgument'],
    ['PUT', 'new', { 'x-amz-server-side-encryption-context': 'e30=' }, 'InvalidArgument'],
    ['PUT', 'new', { [`${prefix}algorithm`]: '' }, 'InvalidArgument'],
    ['PUT', 'new', { 'content-md5': '' }, 'InvalidDigest'],
    ['PUT', 'new', { 'x-amz-storage-class': 'NOWHERE' }, 'InvalidStorageClass'],
    ['PUT', 'new', { 'x-amz-acl': 'everybody' }, 'InvalidArgument'],
  ] as const;
  for (const [method, path, headers, code] of refusals) {
    const body = method === 'PUT' ? { body: 'body' } : {};
    const answer = await raw({ method, path: `/bucket/${path}`, headers: { ...key, ...headers }, ...body });
    t.match(
      answer,
      { status: 400, body: `<Code>${code}</Code>` },
      `${method} ${path} ${JSON.stringify(headers)}`,
    );
  }
  t.equal((await raw({ method: 'GET', path: '/bucket/new', headers: key })).status, 404);
});

// What a proxy must never send on is carried out here, as it is there, so that a test shows it.
await t.test('takes an empty key for none and an empty uploadId for none, as Ceph does', async (t) => {
  const { s3, raw } = await startFixture(t);
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  const prefix = 'x-amz-server-side-encryption-customer-';
  const headers = { [`${prefix}algorithm`]: '', [`${prefix}key`]: '', [`${prefix}key-md5`]: '' };
  await raw({ method: 'PUT', path: '/bucket/k', headers, body: 'plain' });
  t.match(await raw({ method: 'GET', path: '/bucket/k' }), { status: 200, body: 'plain' });
  t.match(await raw({ method: 'GET', path: '/bucket/k?uploadId=' }), { status: 200, body: 'plain' });
  t.equal((await raw({ method: 'DELETE', path: '/bucket/k?uploadId=' })).status, 204);
  t.equal((await raw({ method: 'GET', path: '/bucket/k' })).status, 404);
});
