import t from 'tap';
import { startObs } from './fixture.ts';

await t.test('metadata is changed in place', async (t) => {
  const { ask } = await startObs(t);
  const headers = {
    'x-obs-meta-a': '1',
    'x-obs-meta-b': '2',
    'x-obs-storage-class': 'WARM',
    'content-type': 'text/a',
  };
  await ask({ method: 'PUT', path: '/k', headers, body: 'x' });
  const change = (more: Record<string, string>, body?: string) =>
    ask({ method: 'PUT', path: '/k?metadata', headers: more, ...(body === undefined ? {} : { body }) });
  t.match(await change({ 'x-obs-meta-a': '3' }), { status: 400 }, 'without a directive');
  t.match(await change({ 'x-obs-metadata-directive': 'COPY' }), { status: 400 });
  t.match(await change({ 'x-obs-metadata-directive': 'REPLACE' }, 'x'), {
    body: '<Code>UnexpectedContent</Code>',
  });
  t.match(await change({ 'x-obs-metadata-directive': 'REPLACE_NEW', 'x-obs-meta-a': '3' }), { status: 200 });
  t.match(await ask({ method: 'HEAD', path: '/k' }), {
    headers: { 'x-obs-meta-a': '3', 'x-obs-meta-b': '2', 'content-type': 'text/a' },
  });
  t.match(await change({ 'x-obs-metadata-directive': 'REPLACE', 'x-obs-meta-c': '4' }), { status: 200 });
  const got = await ask({ method: 'GET', path: '/k' });
  t.match(got, { body: 'x', headers: { 'x-obs-meta-c': '4', 'x-obs-storage-class': 'WARM' } });
  t.notOk('x-obs-meta-a' in got.headers);
});

await t.test('buckets are made and described in the words of either dialect', async (t) => {
  const { ask } = await startObs(t);
  const create = (bucket: string, element: string, scheme: 'OBS' | 'AWS') => {
    const body = `<CreateBucketConfiguration><${element}>eu-central-1</${element}></CreateBucketConfiguration>`;
    return ask({ method: 'PUT', path: '/', bucket, body, scheme });
  };
  t.match(await create('one', 'Location', 'OBS'), { status: 200 });
  t.match(await create('two', 'LocationConstraint', 'AWS'), { status: 200 });
  t.match(await create('three', 'LocationConstraint', 'OBS'), { status: 400 });
  t.match(await ask({ method: 'GET', path: '/?location' }), { body: /<Location [^>]+>eu-central-1</ });
  t.match(await ask({ method: 'GET', path: '/?location', scheme: 'AWS' }), { body: /<LocationConstraint / });
  const warm = '<StorageClass>WARM</StorageClass>';
  t.match(await ask({ method: 'PUT', path: '/?storageClass', body: warm }), { status: 200 });
  t.match(await ask({ method: 'GET', path: '/?storageClass' }), { body: '>WARM</StorageClass>' });
  t.match(await ask({ method: 'GET', path: '/?storagePolicy', scheme: 'AWS' }), {
    body: '<DefaultStorageClass>STANDARD_IA</DefaultStorageClass>',
  });
  t.match(await ask({ method: 'HEAD', path: '/' }), {
    headers: {
      'x-obs-storage-class': 'WARM',
      'x-obs-bucket-location': 'eu-central-1',
      'x-obs-version': '3.0',
    },
  });
  t.match(await ask({ method: 'HEAD', path: '/', scheme: 'AWS' }), {
    headers: { 'x-default-storage-class': 'STANDARD_IA', 'x-amz-bucket-region': 'eu-central-1' },
  });
  t.match(
    await ask({ method: 'PUT', path: '/?quota', body: '<Quota><StorageQuota>7</StorageQuota></Quota>' }),
    {
      status: 200,
    },
  );
  t.match(await ask({ method: 'GET', path: '/?quota' }), { body: '<StorageQuota>7</StorageQuota>' });
  await ask({ method: 'PUT', path: '/k', body: 'xyz' });
  t.match(await ask({ method: 'GET', path: '/?storageinfo' }), { body: '<Size>3</Size>' });
  const acl = await ask({ method: 'GET', path: '/k?acl' });
  t.match(acl, { status: 200, body: '<Permission>FULL_CONTROL</Permission>' });
  t.notMatch(acl.body, 'xsi:type');
  const change = (value: string) => ask({ method: 'PUT', path: '/k?acl', headers: { 'x-obs-acl': value } });
  t.match(await change('private'), { status: 200 });
  t.match(await change('public-read'), { status: 501 }, 'nobody would keep it');
  t.match(await ask({ method: 'PUT', path: '/k?acl', body: acl.body }), { status: 200 });
  t.match(await ask({ method: 'HEAD', path: '/k' }), { headers: { 'x-obs-storage-class': 'WARM' } });
});

await t.test('a name for the file of a download', async (t) => {
  const { ask } = await startObs(t);
  await ask({ method: 'PUT', path: '/k', body: 'x' });
  t.match(await ask({ method: 'GET', path: '/k?attname=a.txt' }), {
    headers: { 'content-disposition': 'attachment; filename="a.txt"' },
  });
});
