import t from 'tap';
import { SSEC_KEY, SSEC_PREFIX } from '../../adversary/support.ts';
import { bodyOf, contentMd5, fail, LIMITS, OPEN_KEY, put, standOf } from './stand.ts';

const SHORT = bodyOf(LIMITS.part);
const LONG = bodyOf(2.5 * LIMITS.part);

t.test('a short body goes to a store as a PutObject with its length', async (t) => {
  for (const scheme of ['OBS', 'AWS'] as const)
    for (const body of ['', 'x', bodyOf(LIMITS.first), bodyOf(LIMITS.first + 1), SHORT]) {
      const stand = await standOf(t);
      const answer = await put(t, stand, body, { scheme });
      t.match(answer, /^HTTP\/1.1 200 /, `${scheme} ${body.length}`);
      t.same(stand.bodies('put'), [body]);
      t.equal(stand.kinds(), 'put');
      t.match(stand.said('put'), {
        'content-length': String(body.length),
        [`${SSEC_PREFIX}key-md5`]: SSEC_KEY.md5,
      });
      t.notOk(stand.said('put')['transfer-encoding']);
      t.match(stand.log.at(-1), { op: 'PutObject', status: 200, attempts: 1, bytesIn: body.length });
    }
});

t.test('a longer one goes in parts, under one key, and is answered as a PutObject', async (t) => {
  const stand = await standOf(t);
  const answer = await put(t, stand, LONG, {
    headers: {
      'content-type': 'text/x-test',
      'content-language': 'de',
      'content-md5': contentMd5(LONG),
      'x-obs-meta-colour': 'red',
      'x-obs-storage-class': 'WARM',
      'if-none-match': '*',
    },
  });
  t.equal(stand.kinds(), 'begin part part part end');
  t.same(stand.bodies('part'), [LONG.slice(0, 1000), LONG.slice(1000, 2000), LONG.slice(2000)]);
  t.match(stand.said('begin'), {
    'content-type': 'text/x-test',
    'content-language': 'de',
    'x-amz-meta-colour': 'red',
    'x-amz-storage-class': 'STANDARD_IA',
  });
  t.notOk(stand.said('begin')['content-md5'] ?? stand.said('begin')['if-none-match']);
  for (const { what, request } of stand.came)
    if (what !== 'end') t.equal(request.headers[`${SSEC_PREFIX}key-md5`], SSEC_KEY.md5, what);
  for (const [i, { request, body }] of stand.came.filter(({ what }) => what === 'part').entries()) {
    t.equal(request.url, `/secret/k?uploadId=up%2F1&partNumber=${i + 1}`);
    t.match(request.headers, { 'content-length': String(body.length), 'content-md5': contentMd5(body) });
    t.notOk(request.headers['x-amz-meta-colour']);
  }
  t.match(stand.said('end'), { 'if-none-match': '*' });
  t.match(answer, /^HTTP\/1.1 200 OK\r\n/);
  t.match(answer, /\r\netag: "whole-3"\r\n/i);
  t.match(answer, /\r\nx-obs-version-id: v2\r\n/);
  t.match(answer, /\r\nx-obs-server-side-encryption-customer-algorithm: AES256\r\n/);
  t.match(answer, /\r\ncontent-length: 0\r\n/);
  t.match(answer, /\r\n\r\n$/);
  t.notMatch(answer, new RegExp(`${SSEC_KEY.md5}|x-amz-`));
  t.match(stand.log.at(-1), {
    op: 'PutObject',
    status: 200,
    attempts: 5,
    bytesIn: LONG.length,
    rule: 'rules[0]',
  });
});

t.test('SigV4 wants a length, and so does everything without obs', async (t) => {
  const stand = await standOf(t);
  t.match(await put(t, stand, SHORT, { scheme: 'AWS4' }), /^HTTP\/1.1 411 [\s\S]*MissingContentLength/);
  const off = await standOf(t, {}, { obs: false });
  t.match(await put(t, off, SHORT, { scheme: 'AWS' }), /^HTTP\/1.1 411 /);
  t.equal(stand.kinds() + off.kinds(), '');
});

t.test('a client with a key of its own gets its echo', async (t) => {
  const stand = await standOf(t);
  const own = 'x-obs-server-side-encryption-customer-';
  const headers = {
    [`${own}algorithm`]: 'AES256',
    [`${own}key`]: OPEN_KEY.base64,
    [`${own}key-md5`]: OPEN_KEY.md5,
  };
  const answer = await put(t, stand, LONG, { target: '/passed/k', headers });
  t.match(answer, /^HTTP\/1.1 200 /);
  t.ok(answer.toLowerCase().includes(`${own}key-md5: ${OPEN_KEY.md5}`.toLowerCase()));
  for (const { what, request } of stand.came)
    if (what !== 'end') t.equal(request.headers[`${SSEC_PREFIX}key-md5`], OPEN_KEY.md5, what);
});

t.test('in plain it goes without a key', async (t) => {
  const stand = await standOf(t);
  t.match(await put(t, stand, LONG, { target: '/plain/k' }), /^HTTP\/1.1 200 /);
  for (const { request } of stand.came) t.notOk(request.headers[`${SSEC_PREFIX}key`]);
});

t.test('Content-MD5 is of the whole, and nothing is there before it fits', async (t) => {
  for (const body of [SHORT, LONG]) {
    const stand = await standOf(t);
    const answer = await put(t, stand, body, { headers: { 'content-md5': contentMd5('another') } });
    t.match(answer, /^HTTP\/1.1 400 [\s\S]*<Code>BadDigest</);
    t.same(stand.bodies('put'), []);
    t.same(stand.bodies('end'), []);
    t.match(stand.kinds(), body === LONG ? /^(?:begin (?:part )*abort)?$/ : /^$/);
  }
});

t.test('what is longer than a PutObject may be is refused, and nothing is left of it', async (t) => {
  const stand = await standOf(t);
  const answer = await put(t, stand, bodyOf(LIMITS.largest + 1));
  t.match(answer, /^HTTP\/1.1 400 [\s\S]*<Code>EntityTooLarge<[\s\S]*multipart upload/);
  t.equal(stand.kinds(), 'begin part part part part part abort');
  t.match(stand.log.at(-1), { code: 'EntityTooLarge', bytesIn: LIMITS.largest });
});

t.test('other bodies may have half of the room', async (t) => {
  const most = 2 * LIMITS.part;
  const stand = await standOf(t, {}, { limits: { unsizedBodies: { most, wait: 10_000 } } });
  const target = '/plain/k?partNumber=1&uploadId=u';
  t.match(await put(t, stand, SHORT, { target }), /^HTTP\/1.1 200 /);
  t.same(stand.bodies('part'), [SHORT]);
  t.match(
    await put(t, stand, LONG, { target }),
    /^HTTP\/1.1 400 [\s\S]*<Code>EntityTooLarge<[\s\S]*UploadPart may have at most 1000 bytes[\s\S]*Content-Length/,
  );
  t.equal(stand.kinds(), 'part');
  const policy = await put(t, stand, '{"Statement":[]}', { target: '/plain?policy', scheme: 'AWS' });
  t.match(policy, /^HTTP\/1.1 20/);
  t.same(stand.bodies('other'), ['{"Statement":[]}']);
});

t.test('a part that the store refuses ends the upload', async (t) => {
  const stand = await standOf(t, {
    part: ({ request }, response) => {
      if (request.url?.includes('partNumber=2')) fail(response, 507, 'InsufficientStorage');
      else response.writeHead(200, { etag: '"p"', 'content-length': '0' }).end();
    },
  });
  t.match(await put(t, stand, LONG), /^HTTP\/1.1 507 [\s\S]*<Code>InsufficientStorage</);
  t.equal(stand.kinds(), 'begin part part abort');
  t.match(stand.log.at(-1), { op: 'PutObject', code: 'InsufficientStorage', outcome: 'failed' });
});

t.test('an error in the 200 of the end is one', async (t) => {
  const stand = await standOf(t, { end: (_, response) => fail(response, 200, 'InternalError') });
  t.match(await put(t, stand, LONG), /^HTTP\/1.1 500 [\s\S]*<Code>InternalError</);
  t.equal(stand.kinds(), 'begin part part part end abort');
});

t.test('a condition that does not hold is 412', async (t) => {
  const stand = await standOf(t, { end: (_, response) => fail(response, 412, 'PreconditionFailed') });
  const answer = await put(t, stand, LONG, { headers: { 'if-none-match': '*' } });
  t.match(answer, /^HTTP\/1.1 412 [\s\S]*<Code>PreconditionFailed</);
  t.equal(stand.kinds(), 'begin part part part end abort');
});

t.test('an upload that is gone is not told to the client as such', async (t) => {
  const stand = await standOf(t, { end: (_, response) => fail(response, 404, 'NoSuchUpload') });
  t.match(await put(t, stand, LONG), /^HTTP\/1.1 503 [\s\S]*<Code>ServiceUnavailable</);
});

t.test('a part without a proof is none', async (t) => {
  const stand = await standOf(t, {
    part: (_, response) => {
      response.removeHeader(`${SSEC_PREFIX}algorithm`);
      response.writeHead(200, { etag: '"p"', 'content-length': '0' }).end();
    },
  });
  t.match(await put(t, stand, LONG), /^HTTP\/1.1 500 /);
  t.match(stand.kinds(), /^begin part (?:\w+ )*abort/);
  t.same(stand.bodies('end'), []);
});

t.test('an ETag that the end does not say is asked for, and tags that were forgotten are set', async (t) => {
  const silent = await standOf(t, {
    end: (_, response) =>
      response.end('<CompleteMultipartUploadResult><ETag/></CompleteMultipartUploadResult>'),
  });
  t.match(await put(t, silent, LONG), /\r\netag: "asked-3"\r\n/i);
  t.equal(silent.kinds(), 'begin part part part end head');
  const tagged = await standOf(t);
  t.match(await put(t, tagged, LONG, { headers: { 'x-obs-tagging': 'a=b' } }), /^HTTP\/1.1 200 /);
  t.equal(tagged.said('begin')['x-amz-tagging'], 'a=b');
  t.equal(tagged.kinds(), 'begin part part part end head tag');
});
