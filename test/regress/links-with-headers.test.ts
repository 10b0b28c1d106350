import { createHmac } from 'node:crypto';
import aws4 from 'aws4';
import t from 'tap';
import { ask, clientWith, REGION, startFront, startStub } from '../adversary/support.ts';

/**
 * `getSignedUrl` of the SDK for JavaScript v2 writes what it was told of HTTP headers into the query of the link. S3 takes
 * no notice of it; the link was answered with 501.
 */
const TOLD = {
  'Cache-Control': 'no-store',
  'Content-Disposition': 'attachment; filename="a b.txt"',
  'Content-Encoding': 'gzip',
  'Content-Language': 'de',
  'Content-MD5': '1B2M2Y8AsgTpgAmY7PhCfg==',
  'Content-Type': 'text/plain; charset=utf-8',
};

function queryOf(parameters: Readonly<Record<string, string>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
}

t.test('a link with names of HTTP headers in its query is signed with them, and works', async (t) => {
  const store = await startStub(t, ({ method }, response) => response.end(method === 'GET' ? 'content' : ''));
  const client = clientWith('links', { admin: false, grants: 'all' });
  const front = await startFront(t, { port: store.port, clients: [client] });
  const credentials = { accessKeyId: client.accessKeyId, secretAccessKey: client.secretAccessKey.reveal() };
  for (const method of ['GET', 'HEAD', 'PUT']) {
    const path = `/plain/a.txt?${queryOf({ ...TOLD, Expires: '600', 'X-Amz-Expires': '600' })}`;
    const host = `127.0.0.1:${front.port}`;
    const signed = aws4.sign(
      { method, host, path, service: 's3', region: REGION, signQuery: true },
      credentials,
    );
    const target = signed.path ?? '';
    t.match(target, 'Content-Type=text%2Fplain');
    t.match(await ask(t, front.port, { method, target }), { status: 200 }, method);
    t.equal(store.requests.at(-1)?.url, '/plain/a.txt');
    const forged = target.replace('no-store', 'no-cache');
    t.match(await ask(t, front.port, { method, target: forged }), { status: 403 }, 'they are signed');
  }
});

t.test('so is one that is signed by version 2', async (t) => {
  const store = await startStub(t, ({ method }, response) => response.end(method === 'GET' ? 'content' : ''));
  const client = clientWith('links2', { admin: false, grants: 'all' });
  const front = await startFront(t, { port: store.port, clients: [client], sigv2: true });
  const expires = String(Math.floor(Date.now() / 1000) + 600);
  const text = `GET\n\n\n${expires}\n/plain/a.txt`;
  const signature = createHmac('sha1', client.secretAccessKey.reveal()).update(text).digest('base64');
  const query = queryOf({
    ...TOLD,
    AWSAccessKeyId: client.accessKeyId,
    Expires: expires,
    Signature: signature,
  });
  t.match(await ask(t, front.port, { method: 'GET', target: `/plain/a.txt?${query}` }), { status: 200 });
  t.equal(store.requests.at(-1)?.url, '/plain/a.txt');
});
