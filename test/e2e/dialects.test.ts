import {
  GetBucketEncryptionCommand,
  GetBucketLocationCommand,
  GetBucketNotificationConfigurationCommand,
  GetObjectAclCommand,
  ListObjectsV2Command,
  PutBucketEncryptionCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import t from 'tap';
import { OBS } from '../../src/dialects/obs.ts';
import { obsClient } from '../obs/client.ts';
import { ACCESS, REGION } from '../sandbox/fixture.ts';
import { startBeforeObs } from '../support/obs-store.ts';
import { testSsecKey } from '../support/snapshot.ts';
import { failureOf } from './support.ts';

const KEY = testSsecKey('new');

for (const [name, dialect] of [
  ['obs', OBS],
  ['s3', undefined],
] as const) {
  t.test(`clients of both dialects before one OBS store, which is asked in dialect ${name}`, async (t) => {
    const front = await startBeforeObs(t, { dialect, buckets: { secret: [KEY], open: 'off', made: 'off' } });
    const url = `http://127.0.0.1:${front.port}`;
    const obs = obsClient({ url, ca: '', credentials: ACCESS });
    const s3 = new S3Client({
      endpoint: url,
      region: REGION,
      forcePathStyle: true,
      maxAttempts: 1,
      credentials: ACCESS,
    });
    t.teardown(() => s3.destroy());

    await t.test('an object of either is read by the other', async (t) => {
      const headers = { 'x-obs-meta-by': 'obs', 'x-obs-storage-class': 'WARM' };
      const written = await obs({ method: 'PUT', path: '/secret/by-obs', headers, body: 'one' });
      t.match(written, { status: 200 });
      t.equal(written.headers['x-obs-server-side-encryption-customer-algorithm'], 'AES256');
      await s3.send(
        new PutObjectCommand({ Bucket: 'secret', Key: 'by-s3', Body: 'two', StorageClass: 'GLACIER' }),
      );
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'secret' }));
      t.match(Contents, [
        { Key: 'by-obs', StorageClass: 'STANDARD_IA' },
        { Key: 'by-s3', StorageClass: 'GLACIER' },
      ]);
      const list = await obs({ path: '/secret' });
      t.match(list.text, /<Key>by-obs<.*<StorageClass>WARM<.*<Key>by-s3<.*<StorageClass>COLD</s);
      const read = await obs({ path: '/secret/by-obs' });
      t.match(read, { text: 'one', headers: { 'x-obs-meta-by': 'obs', 'x-obs-storage-class': 'WARM' } });
      for (const said of [written, list, read])
        t.same(
          Object.keys(said.headers).filter((header) => header.startsWith('x-amz-')),
          [],
        );
    });

    await t.test('no other encryption goes along with a key of the rule', async (t) => {
      const kms = { 'x-obs-server-side-encryption': 'kms', 'x-obs-server-side-data-encryption': 'AES256' };
      const written = await obs({ method: 'PUT', path: '/secret/kms', headers: kms, body: 'one' });
      if (dialect === undefined) {
        t.match(written, { status: 400, text: /only where upstream\.dialect is obs/ });
        return;
      }
      t.match(written, { status: 200 });
      t.equal(written.headers['x-obs-server-side-encryption-customer-algorithm'], 'AES256');
      t.match(await obs({ method: 'DELETE', path: '/secret/kms' }), { status: 204 });
    });

    await t.test('a HEAD of what is not there says so, and an error is a document', async (t) => {
      const head = await obs({ method: 'HEAD', path: '/secret/none' });
      t.match(head, { status: 404, text: '' });
      const missing = await obs({ path: '/secret/none' });
      t.match(missing, { status: 404, text: /^<\?xml.*<Error><Code>NoSuchKey</s });
      t.match(missing.headers['x-obs-request-id'], /^[0-9A-F]{16}$/);
    });

    await t.test('a location, an encryption and an ACL are told to both', async (t) => {
      const location = await obs({ path: '/open?location', signed: '?location' });
      t.match(location, { status: 200, text: new RegExp(`<Location>${REGION}</Location>`) });
      const { LocationConstraint } = await s3.send(new GetBucketLocationCommand({ Bucket: 'open' }));
      t.equal(LocationConstraint, REGION);
      const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } } as const;
      await s3.send(
        new PutBucketEncryptionCommand({
          Bucket: 'open',
          ServerSideEncryptionConfiguration: { Rules: [rule] },
        }),
      );
      const kms = await obs({ path: '/open?encryption', signed: '?encryption' });
      t.match(kms, { status: 200, text: /<SSEAlgorithm>kms</ });
      t.match(await s3.send(new GetBucketEncryptionCommand({ Bucket: 'open' })), {
        ServerSideEncryptionConfiguration: { Rules: [rule] },
      });
      const acl = await s3.send(new GetObjectAclCommand({ Bucket: 'secret', Key: 'by-obs' }));
      t.match(acl, { Grants: [{ Grantee: { Type: 'CanonicalUser' }, Permission: 'FULL_CONTROL' }] });
      const { Owner, Grants } = acl;
      const AccessControlPolicy = { Owner, Grants };
      await s3.send(new PutObjectAclCommand({ Bucket: 'secret', Key: 'by-obs', AccessControlPolicy }));
      const own = await obs({ path: '/secret/by-obs?acl', signed: '?acl' });
      t.match(own, { status: 200, text: /<Grantee><ID>/ });
    });

    await t.test('a bucket is made with its storage class, whichever name that has', async (t) => {
      const made = async (scheme: 'OBS' | 'AWS', headers: Readonly<Record<string, string>>) => {
        t.match(await obs({ method: 'DELETE', path: '/made' }), { status: 204 });
        const created = await obs({ method: 'PUT', path: '/made', headers, scheme });
        t.match(created, { status: 200, text: '' });
        const head = await obs({ method: 'HEAD', path: '/made' });
        return head.headers['x-obs-storage-class'];
      };
      t.equal(await made('OBS', { 'x-obs-storage-class': 'COLD' }), 'COLD');
      t.equal(await made('AWS', { 'x-default-storage-class': 'STANDARD_IA' }), 'WARM');
    });

    await t.test('what the other side has no form for is refused before the store is asked', async (t) => {
      const refused =
        dialect === undefined
          ? (await obs({ path: '/open?notification', signed: '?notification' })).status
          : (await failureOf(s3.send(new GetBucketNotificationConfigurationCommand({ Bucket: 'open' }))))
              .status;
      t.equal(refused, 501);
      t.notOk(front.log.at(-1)?.['upstreamStatus'], 'nobody was asked');
    });
  });
}
