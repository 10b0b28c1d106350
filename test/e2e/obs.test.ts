import { createHash } from 'node:crypto';
import { HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import t from 'tap';
import { obsClient } from '../obs/client.ts';
import { assertSealed, BUCKETS, bytesOf, CLIENT, newMarker, REGION, startStand } from './support.ts';

const stand = await startStand(t, (snapshot) => ({ ...snapshot, obs: true, sigv2: true }));
const { s3, proxy, ca } = stand;
const obs = obsClient({ url: proxy.urls[0] ?? '', ca, credentials: CLIENT });
const { secret, plain } = BUCKETS;

/** What an S3 client sees of an object. */
const seen = (Bucket: string, Key: string) => s3.send(new HeadObjectCommand({ Bucket, Key }));

t.test('an object that an OBS client writes is sealed, and has what was said of it', async (t) => {
  const marker = newMarker();
  const written = await obs({
    method: 'PUT',
    path: `/${secret}/a%20b`,
    headers: {
      'Content-Type': 'text/plain',
      'x-obs-meta-Colour': '%E4%B8%AD x',
      'x-obs-storage-class': 'WARM',
      'x-obs-acl': 'private',
    },
    body: marker,
  });
  t.match(written, { status: 200, text: '' });
  t.equal(written.headers['x-obs-server-side-encryption-customer-algorithm'], 'AES256');
  t.match(written.headers['x-obs-request-id'], /^[0-9A-F]{16}$/);
  t.same(
    Object.keys(written.headers).filter((name) => name.startsWith('x-amz-')),
    [],
  );
  await assertSealed(t, stand, { bucket: secret, objectKey: 'a b', marker });
  t.match(await seen(secret, 'a b'), {
    Metadata: { colour: '%E4%B8%AD x' },
    StorageClass: 'STANDARD_IA',
    ContentType: 'text/plain',
  });
  const read = await obs({ path: `/${secret}/a%20b` });
  t.equal(read.text, marker);
  t.match(read.headers, {
    'x-obs-meta-colour': '%E4%B8%AD x',
    'x-obs-storage-class': 'WARM',
    'x-obs-server-side-encryption-customer-algorithm': 'AES256',
  });
  t.ok(read.headers['date']);
});

t.test('in the copy source of an OBS client a plus is a space', async (t) => {
  await s3.send(new PutObjectCommand({ Bucket: secret, Key: 'dir/c d+中', Body: 'source' }));
  const sources = [
    `${secret}/dir%2Fc+d%2B%E4%B8%AD`,
    `/${secret}/dir/c%20d%2B%E4%B8%AD`,
    `${secret}%2Fdir%2Fc%20d%2B%E4%B8%AD`,
  ];
  for (const source of sources) {
    for (const scheme of ['OBS', 'AWS'] as const) {
      const name = scheme === 'OBS' ? 'x-obs-copy-source' : 'x-amz-copy-source';
      const copied = await obs({
        method: 'PUT',
        path: `/${secret}/copy`,
        headers: { [name]: source },
        scheme,
      });
      t.match(copied, { status: 200, text: /<ETag>/ }, `${scheme} ${source}`);
      t.equal((await bytesOf(s3, secret, 'copy')).toString(), 'source');
    }
  }
});

t.test('an error names what the client itself sent', async (t) => {
  const bad = await obs({
    method: 'PUT',
    path: `/${secret}/k`,
    headers: { 'x-obs-server-side-encryption-customer-key': Buffer.alloc(32, 7).toString('base64') },
  });
  t.equal(bad.status, 400);
  t.notMatch(bad.text, /x-amz-/i);
  const source = await obs({
    method: 'PUT',
    path: `/${secret}/k`,
    headers: { 'x-obs-copy-source': 'nothing' },
  });
  t.match(source, { status: 400, text: /<ArgumentName>x-obs-copy-source<\/ArgumentName>/ });
  const unknown = await obs({ method: 'PUT', path: `/${secret}/k`, headers: { 'x-obs-no-such': '1' } });
  t.match(unknown, { status: 400, text: /The header x-obs-no-such is refused/ });
  const expires = await obs({ method: 'PUT', path: `/${secret}/k`, headers: { 'x-obs-expires': '1' } });
  t.match(expires, { status: 400, text: /x-obs-expires is refused\. It is a header of Huawei OBS/ });
  t.notMatch(expires.text, /counterpart/);
  t.match(bad.headers['content-type'], /^application\/xml/);
  t.notMatch(bad.text, /xmlns/);
});

t.test('HEAD tells its error in headers', async (t) => {
  const refused = await obs({ method: 'HEAD', path: `/${secret}/k?unknown`, signed: '' });
  t.match(refused, {
    status: 501,
    text: '',
    headers: { 'x-obs-error-code': 'NotImplemented', 'x-obs-error-message': /does not know/ },
  });
  const stranger = await obsClient({
    url: proxy.urls[0] ?? '',
    ca,
    credentials: { ...CLIENT, secretAccessKey: 'another' },
  })({ method: 'HEAD', path: `/${secret}/k` });
  t.match(stranger, { status: 403, headers: { 'x-obs-error-code': 'SignatureDoesNotMatch' } });
  t.equal(stranger.headers['x-amz-request-id'], undefined);
  const s3s = await obs({ method: 'HEAD', path: `/${secret}/k`, scheme: 'none' });
  t.equal(s3s.headers['x-obs-error-code'], undefined, 'S3 has none');
  t.ok(s3s.headers['x-amz-request-id']);
});

t.test('a request in two dialects is refused, whichever of them is signed', async (t) => {
  const mixed = await obs({
    method: 'PUT',
    path: `/${plain}/k`,
    headers: { 'x-obs-acl': 'private', 'x-amz-copy-source': `/${secret}/a` },
  });
  t.match(mixed.status, /^(?:400|403)$/);
  t.match(mixed.text, /x-amz-copy-source/);
  const other = await obs({
    method: 'PUT',
    path: `/${plain}/k`,
    scheme: 'AWS',
    headers: { 'x-amz-acl': 'private', 'x-obs-copy-source': `/${secret}/a` },
  });
  t.match(other, { status: 400, text: /The header x-obs-copy-source is refused/ });
});

t.test('security tokens and dates are of the signature alone', async (t) => {
  const dated = await obs({
    method: 'PUT',
    path: `/${plain}/dated`,
    headers: { 'x-obs-date': new Date().toUTCString() },
    body: 'x',
  });
  t.match(dated, { status: 200 });
});

t.test('documents have the form of OBS', async (t) => {
  const bucket = BUCKETS.split;
  t.match(await obs({ method: 'DELETE', path: `/${bucket}` }), { status: 204 });
  const made = await obs({
    method: 'PUT',
    path: `/${bucket}`,
    body: `<CreateBucketConfiguration><Location>${REGION}</Location></CreateBucketConfiguration>`,
  });
  t.match(made, { status: 200 });
  const location = await obs({ path: `/${bucket}?location`, signed: '?location' });
  t.match(location, { status: 200, text: new RegExp(`<Location>${REGION}</Location>`) });
  const kms =
    '<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>';
  const encrypted = await obs({
    method: 'PUT',
    path: `/${bucket}?encryption`,
    signed: '?encryption',
    body: kms,
  });
  t.match(encrypted, { status: 200 });
  const encryption = await obs({ path: `/${bucket}?encryption`, signed: '?encryption' });
  t.match(encryption, { status: 200, text: /<SSEAlgorithm>AES256</ });
  const acl = await obs({ path: `/${bucket}?acl`, signed: '?acl' });
  t.match(acl, { status: 200, text: /<Grantee><ID>/ });
  t.notMatch(acl.text, /xsi|DisplayName/);
  await obs({ method: 'PUT', path: `/${bucket}/k`, headers: { 'x-obs-storage-class': 'COLD' }, body: 'x' });
  const list = await obs({ path: `/${bucket}` });
  t.match(list, { status: 200, text: /<Key>k<\/Key>.*<StorageClass>COLD<\/StorageClass>/s });
  t.match(list.headers['content-type'], /xml/);
  const all = await obs({ path: '/', headers: { 'x-obs-location': 'true' } });
  t.match(
    all.text,
    new RegExp(`<Name>${bucket}</Name>.*<Location>${REGION}</Location><BucketType>OBJECT</BucketType>`, 's'),
  );
  const none = await obs({ path: '/', headers: { 'x-obs-bucket-type': 'POSIX' } });
  t.match(none, { status: 200, text: /<Buckets><\/Buckets>/ });
});

t.test(
  'a list of deletes may have its keys encoded, and those that are meant are judged and deleted',
  async (t) => {
    const md5 = (body: string): string => createHash('md5').update(body).digest('base64');
    const remove = async (keys: string, encoding: string) => {
      const body = `<Delete>${encoding}${keys}</Delete>`;
      return obs({
        method: 'POST',
        path: `/${plain}?delete`,
        signed: '?delete',
        headers: { 'Content-MD5': md5(body) },
        body,
      });
    };
    for (const Key of ['dl/sp ace+1', 'dl%2Fsp+ace%2B1'])
      await s3.send(new PutObjectCommand({ Bucket: plain, Key, Body: 'x' }));
    const encoded = '<Object><Key>dl%2Fsp+ace%2B1</Key></Object>';
    const gone = await remove(encoded, '<EncodingType>url</EncodingType>');
    t.match(gone, { status: 200, text: /<Deleted><Key>dl\/sp ace\+1</ });
    t.match(await seen(plain, 'dl%2Fsp+ace%2B1'), { ContentLength: 1 }, 'another object');
    await t.rejects(seen(plain, 'dl/sp ace+1'));
    t.match(await remove(encoded, ''), { status: 200, text: /<Deleted><Key>dl%2Fsp\+ace%2B1</ });
    for (const encoding of [
      '<EncodingType>gzip</EncodingType>',
      '<EncodingType/>',
      '<EncodingType>url</EncodingType>'.repeat(2),
    ])
      t.match(await remove(encoded, encoding), { status: 400, text: /MalformedXML/ }, encoding);
    t.match(await remove('<Object><Key>%zz</Key></Object>', '<EncodingType>url</EncodingType>'), {
      status: 400,
    });
  },
);

t.test('an upload may say how its answer would write keys', async (t) => {
  for (const scheme of ['OBS', 'AWS'] as const) {
    const path = `/${plain}/upload?uploads&encoding-type=url`;
    t.match(await obs({ method: 'POST', path, signed: '?uploads', scheme }), {
      status: 200,
      text: /<UploadId>/,
    });
  }
});

t.test('buckets of S3 have no storage class', async (t) => {
  const headers = { 'x-obs-storage-class': 'COLD' };
  const refused = await obs({ method: 'PUT', path: `/${plain}`, headers });
  t.match(refused, { status: 400, text: /The header x-obs-storage-class is refused/ });
});

t.test(
  'a document that an S3 store would take for something else is refused before it is asked',
  async (t) => {
    for (const setting of ['notification', 'logging', 'replication']) {
      const refused = await obs({ path: `/${plain}?${setting}`, signed: `?${setting}` });
      t.match(refused, { status: 501, text: /speak different dialects \(obs, s3\)/ }, setting);
    }
  },
);
