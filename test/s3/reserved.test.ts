import t from 'tap';
import { PROVIDERS, type ProviderName } from '../../src/s3/providers.ts';
import { requireOrdinaryKey } from '../../src/s3/reserved.ts';
import { codeOf } from '../support/failure.ts';

const codeFor = (
  provider: ProviderName,
  objectKey: string,
  addressing: 'path' | 'virtual' = 'path',
): string => codeOf(() => requireOrdinaryKey(objectKey, { provider: PROVIDERS[provider], addressing }));

t.test(
  'names of other interfaces and aliases are not buckets, in any case; names like them are',
  async (t) => {
    const buckets: [ProviderName, string, boolean][] = [
      ['ceph', 'admin', true],
      ['ceph', 'Admin', true],
      ['ceph', 'swift', true],
      ['ceph', 'auth', true],
      ['hetzner', 'admin', true],
      ['ceph', 'admin2', false],
      ['ceph', 'my-admin', false],
      ['ceph', 'minio', false],
      ['minio', 'minio', true],
      ['minio', 'miniox', false],
      ['minio', 'admin', false],
      ['seaweedfs', 'status', true],
      ['garage', 'admin', false],
      ['aws', 'point-1234-s3alias', true],
      ['aws', 's3alias', false],
      ['aws', 'a.mrap', true],
      ['aws', 'amrap', false],
      ['generic', 'admin', true],
      ['generic', 'minio', true],
      ['generic', 'rustfs', true],
      ['generic', 'RustFS', true],
      ['generic', 'iceberg', true],
      ['generic', 'riak-cs', true],
      ['generic', 'user', true],
      ['generic', 'users', false],
      ['generic', 'rustfs-data', false],
      ['minio', 'rustfs', false],
      ['generic', 'data', false],
    ];
    for (const [provider, bucket, reserved] of buckets)
      t.equal(PROVIDERS[provider].reserved.buckets.test(bucket), reserved, `${provider}: ${bucket}`);
  },
);

t.test(
  "second names of objects and the store's own folders are refused, and nothing like them",
  async (t) => {
    const keys: [ProviderName, string, string][] = [
      ['minio', 'a__XLDIR__', 'InvalidArgument'],
      ['minio', 'a__XLDIR__/b', 'ok'],
      ['minio', 'a__xldir__', 'ok'],
      ['minio', '.uploads/a', 'ok'],
      ['seaweedfs', '.uploads', 'InvalidArgument'],
      ['seaweedfs', '/.uploads/a', 'InvalidArgument'],
      ['seaweedfs', 'a/.uploads/b', 'ok'],
      ['seaweedfs', 'a/b.versions/v_1', 'InvalidArgument'],
      ['seaweedfs', 'a/b.versions', 'ok'],
      ['ceph', 'a__XLDIR__', 'ok'],
    ];
    for (const [provider, objectKey, code] of keys)
      t.equal(codeFor(provider, objectKey), code, `${provider}: ${objectKey}`);
  },
);

t.test('an object key begins with no reserved name where the bucket is in the host', async (t) => {
  t.equal(codeFor('minio', 'minio/admin/v3/info', 'virtual'), 'InvalidArgument');
  t.equal(codeFor('minio', '//MINIO/a', 'virtual'), 'InvalidArgument');
  t.equal(codeFor('minio', 'minio/admin/v3/info'), 'ok', 'in a path, the bucket is before it');
  t.equal(codeFor('minio', 'minio-a/b', 'virtual'), 'ok');
  t.equal(codeFor('ceph', 'admin/metadata/user', 'virtual'), 'ok', 'Ceph puts the bucket of the host first');
});
