import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { PROVIDERS, type Provider } from '../../../src/s3/providers.ts';
import { ask, type Got, SSEC_KEY, SSEC_PREFIX, startFront } from '../../adversary/support.ts';
import { pinnedTo } from '../../support/pinned.ts';

const PART = pinnedTo(SSEC_KEY, '/secret/a?partNumber=1&uploadId=u');
const END = pinnedTo(SSEC_KEY, '/secret/a?uploadId=u');
const FOREIGN = '/secret/a?partNumber=1&uploadId=u';

/** A proxy before a store that answers parts without a key with `status`, and whatever has a key with 200. */
async function stand(
  t: Test,
  status: number,
  foreignUploads: 'allow' | 'deny' = 'deny',
  provider: Provider = PROVIDERS.ceph,
  refusal = '',
) {
  const seen: string[] = [];
  const server = http.createServer((request, response) => {
    const withKey = request.headers[`${SSEC_PREFIX}key`] !== undefined;
    seen.push(`${withKey ? 'key' : 'no key'} ${request.method} ${request.url}`);
    for (const name of ['algorithm', 'key-md5']) {
      const value = request.headers[SSEC_PREFIX + name];
      if (value !== undefined) response.setHeader(SSEC_PREFIX + name, value);
    }
    request.resume().once('end', () => {
      response.writeHead(withKey ? 200 : status, { etag: '"e"' });
      if (request.method === 'GET') response.end(LIST);
      else if (request.method === 'POST')
        response.end('<CompleteMultipartUploadResult><ETag/></CompleteMultipartUploadResult>');
      else response.end(withKey ? undefined : refusal);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const rules = [{ bucket: 'secret', encrypt: [SSEC_KEY] as const, foreignUploads }];
  const front = await startFront(t, { port, rules, provider });
  const put = (target: string): Promise<Got> => ask(t, front.port, { method: 'PUT', target, body: 'secret' });
  const end = (): Promise<Got> =>
    ask(t, front.port, { method: 'POST', target: END, body: '<CompleteMultipartUpload/>' });
  const list = (): Promise<Got> => ask(t, front.port, { method: 'GET', target: '/secret?uploads' });
  return { put, end, list, seen };
}

const LIST =
  '<ListMultipartUploadsResult><Upload><Key>a</Key><UploadId>u</UploadId><Initiated>2026-01-02T03:04:05Z</Initiated></Upload></ListMultipartUploadsResult>';
const PINNED = /<UploadId>u~ssec1o[\w-]{44}<\/UploadId>/;
const PROBE = 'no key PUT /secret/a?partNumber=10000&uploadId=u';

t.test('of an upload that takes a part without a key the store gets no other part, and no end', async (t) => {
  const { put, end, seen } = await stand(t, 200, 'allow');
  for (const answer of [await put(PART), await put(FOREIGN), await end()]) {
    t.match(answer, { status: 404, code: 'NoSuchUpload', body: /begun in plain, and rules\[0\] encrypts/ });
  }
  t.same(seen, [PROBE, PROBE, PROBE]);
});

t.test('the store is asked once, and then the upload goes on', async (t) => {
  const { put, end, seen } = await stand(t, 400);
  for (const answer of [await put(PART), await put(PART), await end()]) t.equal(answer.status, 200);
  const part = 'key PUT /secret/a?partNumber=1&uploadId=u';
  t.same(seen, [PROBE, part, part, 'key POST /secret/a?uploadId=u']);
});

t.test('a refusal for want of a checksum does not mean that the upload is encrypted', async (t) => {
  const refusal =
    '<Error><Code>InvalidRequest</Code><Message>Checksum Type mismatch occurred, expected checksum Type: crc32, actual checksum Type: null</Message></Error>';
  const { put, seen } = await stand(t, 400, 'allow', PROVIDERS.ceph, refusal);
  t.match(await put(PART), { status: 404, code: 'NoSuchUpload', body: /was promised checksums/ });
  t.same(seen, [PROBE]);
});

t.test('an upload without an id is none: the part without a key would replace the object', async (t) => {
  for (const id of ['', '=', '=%20', '=%01']) {
    const { put, seen } = await stand(t, 200, 'allow');
    t.match(await put(`/secret/a?partNumber=1&uploadId${id}`), { status: 400, code: 'InvalidArgument' });
    t.same(seen, [], `uploadId${id}`);
  }
});

t.test('a store that has no answer gets nothing', async (t) => {
  const { put, seen } = await stand(t, 503);
  t.match(await put(PART), { status: 503 });
  t.same(seen, [PROBE]);
});

t.test('a refusal that says nothing of the upload leaves it to the proof', async (t) => {
  const { put, seen } = await stand(t, 403);
  t.equal((await put(PART)).status, 200);
  t.same(seen, [PROBE, 'key PUT /secret/a?partNumber=1&uploadId=u']);
});

t.test(
  'where a store keeps no upload to a key, only what began here goes on, and lists pin what was seen',
  async (t) => {
    for (const provider of [PROVIDERS.seaweedfs, PROVIDERS.obs, PROVIDERS.generic]) {
      const { put, end, list, seen } = await stand(t, 200, 'allow', provider);
      t.match(await put(FOREIGN), {
        status: 404,
        code: 'NoSuchUpload',
        body: /does not bind an upload to one key/,
      });
      t.same(seen, []);
      t.ok((await list()).body.includes(LIST), 'nobody has seen it');
      for (const answer of [await put(PART), await end()]) t.equal(answer.status, 200);
      t.notOk(seen.includes(PROBE), 'its id can only come from its beginning');
      t.match((await list()).body, PINNED);
    }
    const { list } = await stand(t, 200, 'deny', PROVIDERS.ceph);
    t.match((await list()).body, PINNED);
  },
);
