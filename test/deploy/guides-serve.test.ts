import { createHash } from 'node:crypto';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import t from 'tap';
import { bytesOf, failureOf } from '../e2e/support.ts';
import { startGuide } from './guide-stand.ts';
import { configsOf, GUIDES } from './guides.ts';

for (const guide of GUIDES)
  for (const [file, text] of configsOf(guide))
    t.test(`${guide.name}/${file}: what its clients write is encrypted, and read back`, async (t) => {
      const { config, clientOf, direct } = await startGuide(t, guide.name, text);
      const Bucket = config.rules[0]?.match.bucket.replace('*', 'of-a-guide') ?? '';
      await direct.send(new CreateBucketCommand({ Bucket }));
      for (const { accessKeyId } of config.clients) {
        const s3 = clientOf(accessKeyId);
        const Key = `${accessKeyId}/${guide.name}`;
        await s3.send(new PutObjectCommand({ Bucket, Key, Body: `of ${accessKeyId}` }));
        t.equal((await bytesOf(s3, Bucket, Key)).toString(), `of ${accessKeyId}`);
        t.match(await failureOf(bytesOf(direct, Bucket, Key)), { status: 400, name: 'InvalidRequest' });
      }
    });

const textOf = (name: string, file: string): string =>
  configsOf(GUIDES.find((guide) => guide.name === name) ?? { name, files: new Map(), objects: [] }).find(
    ([one]) => one === file,
  )?.[1] ?? '';

t.test(
  'moving Velero: old backups are read by their key, and the node agent reads what lies in plain',
  async (t) => {
    const { clientOf, direct, keyBytes } = await startGuide(t, 'velero', textOf('velero', 'moving.yaml'));
    const Bucket = 'velero-backups';
    const velero = clientOf('velero');
    await direct.send(new CreateBucketCommand({ Bucket }));
    // The file has 32 bytes here; of a longer one Velero takes the first 32, and so does the format.
    const old = keyBytes('customer-key');
    await direct.send(
      new PutObjectCommand({
        Bucket,
        Key: 'backups/before/velero-backup.json',
        Body: 'before',
        SSECustomerAlgorithm: 'AES256',
        SSECustomerKey: old.toString('base64'),
        SSECustomerKeyMD5: createHash('md5').update(old).digest('base64'),
      }),
    );
    for (const Key of ['kopia/default/p1', 'backups/slipped-in'])
      await direct.send(new PutObjectCommand({ Bucket, Key, Body: 'plain' }));

    t.equal((await bytesOf(velero, Bucket, 'backups/before/velero-backup.json')).toString(), 'before');
    t.equal((await bytesOf(velero, Bucket, 'kopia/default/p1')).toString(), 'plain');
    t.match(await failureOf(bytesOf(velero, Bucket, 'backups/slipped-in')), { status: 403 });

    await velero.send(new PutObjectCommand({ Bucket, Key: 'kopia/default/p2', Body: 'new' }));
    t.match(await failureOf(bytesOf(direct, Bucket, 'kopia/default/p2')), { status: 400 });
  },
);

t.test('on a host, each client has its own prefix and no other', async (t) => {
  const { clientOf, direct } = await startGuide(t, 'host', textOf('host', 'config.yaml'));
  await direct.send(new CreateBucketCommand({ Bucket: 'backups' }));
  const put = (client: string, Key: string) =>
    failureOf(clientOf(client).send(new PutObjectCommand({ Bucket: 'backups', Key, Body: 'x' })));
  t.match(await put('restic', 'restic/config'), { status: 200 });
  t.match(await put('restic', 'rclone/config'), { status: 403 });
  t.match(await put('rclone', 'rclone/a'), { status: 200 });
  t.match(await put('rclone', 'restic/a'), { status: 403 });
});
