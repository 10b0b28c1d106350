import t from 'tap';
import { load, MINIMAL } from './fixture.ts';

async function warnings(provider: string, bucket: string): Promise<readonly string[]> {
  const text = MINIMAL.replace('upstream:', `upstream:\n  provider: ${provider}`).replace(
    'bucket: backups',
    `bucket: "${bucket}"`,
  );
  return (await load(text)).lines;
}

t.test('warns of rules whose bucket is a name that the store has another use for', async (t) => {
  t.match(await warnings('ceph', 'admin'), [
    /^warning: rules\[0\]\.match\.bucket: .*requests to it are refused/,
  ]);
  t.match(await warnings('ceph', '*'), [/also matches admin, swift, auth/]);
  t.match(await warnings('minio', 'm*'), [/also matches minio, .*requests to it are refused/]);
  t.match(await warnings('aws', 'point-1-s3alias'), [/another use for this name/]);
});

t.test('says nothing of other names, nor of globs at a store that nobody has named', async (t) => {
  for (const [provider, bucket] of [
    ['ceph', 'data'],
    ['ceph', 'backup-*'],
    ['minio', 'admin'],
    ['garage', '*'],
    ['generic', '*'],
  ] as const)
    t.same(await warnings(provider, bucket), [], `${provider}: ${bucket}`);
});
