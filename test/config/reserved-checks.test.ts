import t from 'tap';
import { load, MINIMAL } from './fixture.ts';

async function warnings(provider: string, bucket: string, more = ''): Promise<readonly string[]> {
  const text = MINIMAL.replace('upstream:', `upstream:\n  provider: ${provider}`).replace(
    'bucket: backups',
    `bucket: "${bucket}"`,
  );
  const host = provider === 'aws' ? 's3.eu-test-1.amazonaws.com' : 's3.example.org';
  return (await load(text.replace('s3.example.org', host) + more)).lines;
}

t.test('warns of rules whose bucket is a name that the store has another use for', async (t) => {
  t.match(await warnings('ceph', 'admin'), [
    /^warning: rules\[0\]\.match\.bucket: .*requests to it are refused/,
  ]);
  t.match(await warnings('ceph', '*'), [/also matches admin, swift, auth/]);
  t.match(await warnings('minio', 'm*'), [/also matches minio, .*requests to it are refused/]);
  t.match(await warnings('aws', 'point-1-s3alias'), [/another use for this name/]);
});

t.test('warns of `default: pass`, which lets these names pass too', async (t) => {
  t.match(await warnings('ceph', 'data', 'default: pass\n'), [
    /^warning: default: also matches admin, swift, auth, .*requests to them are refused/,
  ]);
  t.match(await warnings('minio', 'data', 'default: pass\n'), [/^warning: default: also matches minio/]);
  for (const provider of ['aws', 'garage', 'generic'])
    t.same(await warnings(provider, 'data', 'default: pass\n'), [], provider);
  t.same(await warnings('ceph', 'data', 'default: deny\n'), []);
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
