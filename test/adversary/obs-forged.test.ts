import { createHmac } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import t from 'tap';
import { OBS } from '../../src/dialects/obs.ts';
import { PROVIDERS } from '../../src/s3/providers.ts';
import { exchangeOf } from '../e2e/wire.ts';
import { BOUNDARY, encodeForm, signFormObs } from '../support/forms.ts';
import { aws4Signer } from '../support/signers.ts';
import { ask, clientWith, REGION, SSEC_KEY, SSEC_PREFIX, startFront, startStub } from './support.ts';

const IN_OBS = { addressing: 'path', dialect: OBS } as const;
const WRITER = clientWith('writer', {
  admin: false,
  grants: [{ bucket: 'plain', prefix: 'mine/', actions: new Set(['read', 'write'] as const) }],
});

/** What an object in plain would say, if it could bring any header into its answers. */
function forged(response: ServerResponse): void {
  for (const name of ['algorithm', 'key-md5']) response.removeHeader(SSEC_PREFIX + name);
  response.setHeader(`${SSEC_PREFIX}algorithm`, 'AES256');
  response.setHeader(`${SSEC_PREFIX}key-MD5`, SSEC_KEY.md5);
  response.setHeader('x-amz-version-id', 'forged');
  response.setHeader('etag', '"e"');
  for (const name of BROUGHT) response.setHeader(name, 'brought');
}

const BROUGHT = ['set-cookie', 'strict-transport-security', 'x-goog-hash', 'content-security-policy'];

t.test('an object in plain that brings the echo of a key passes for no encrypted one', async (t) => {
  const store = await startStub(t, (_request, response) => {
    forged(response);
    response.end('');
  });
  const { port } = await startFront(t, { port: store.port, provider: PROVIDERS.obs, upstream: IN_OBS });
  const read = await ask(t, port, { method: 'GET', target: '/secret/a' });
  t.match(read, { status: 403, code: 'AccessDenied' }, 'it is read as what it is');
  const open = await ask(t, port, { method: 'GET', target: '/plain/a' });
  t.equal(open.status, 200);
  t.notMatch(open.head, /^x-amz-(?:server-side|version)/im, 'nor does a client see it');
  t.notMatch(open.head, 'brought', 'nor what would be of the whole host');
  for (const target of ['/secret/a', '/secret/a?append&position=0']) {
    const method = target.includes('append') ? 'POST' : 'PUT';
    const written = await ask(t, port, { method, target, body: 'x' });
    t.ok(written.status >= 500, `${method} ${target}: ${written.status}`);
  }
  const grown = await ask(t, port, { method: 'POST', target: '/secret/a?append&position=1', body: 'x' });
  t.match(grown, { status: 409, code: 'ObjectNotAppendable' });
});

t.test('a form of OBS is judged as the PutObject that it means', async (t) => {
  const store = await startStub(t, (_request, response) => void response.end(''));
  const front = await startFront(t, {
    port: store.port,
    provider: PROVIDERS.obs,
    upstream: IN_OBS,
    clients: [WRITER],
    obs: true,
  });
  const by = {
    accessKeyId: WRITER.accessKeyId,
    secretAccessKey: WRITER.secretAccessKey.reveal(),
    region: 'unused',
    now: new Date(),
  };
  const post = async (fields: Record<string, string>): Promise<number> => {
    const body = encodeForm([
      ...Object.entries(signFormObs({ bucket: 'plain', fields }, by)),
      ['file', 'x', 'x.txt'],
    ]);
    const head = [
      'POST /plain HTTP/1.1',
      `Host: 127.0.0.1:${front.port}`,
      `Content-Type: multipart/form-data; boundary=${BOUNDARY}`,
      `Content-Length: ${body.length}`,
    ];
    return Number((await exchangeOf(t, front.port, head, body.toString('latin1'))).slice(9, 12));
  };
  const key = 'mine/a';
  t.equal(await post({ key, 'x-obs-expires': '3', 'x-obs-persistent-headers': 'x-team:YQ==' }), 204);
  t.match(store.requests.at(-1)?.headers, {
    'x-obs-expires': '3',
    'x-obs-persistent-headers': 'x-team:YQ==',
  });
  const before = store.requests.length;
  const refused: Record<string, string>[] = [
    { key: 'theirs/a' },
    { key, 'x-obs-persistent-headers': `${SSEC_PREFIX}algorithm:QUVTMjU2` },
    { key, 'x-obs-persistent-headers': 'x-obs-server-side-encryption:QUVTMjU2' },
    { key, 'x-obs-callback': 'e30=' },
    { key, 'x-obs-copy-source': '/secret/a' },
    { key, 'x-obs-fs-file-interface': 'Enabled' },
    { key, 'x-obs-acl': 'public-read' },
  ];
  for (const fields of refused) {
    const status = await post(fields);
    t.ok(status >= 400 && status < 502, `${JSON.stringify(fields)}: ${status}`);
  }
  t.equal(store.requests.length, before, 'none of them reaches the store');
});

t.test('a link that OBS SDKs sign is good for its operation and for no other', async (t) => {
  const store = await startStub(t, (request, response) => {
    response.setHeader('etag', '"e"');
    response.end(request.method === 'GET' ? 'content' : '');
  });
  const front = await startFront(t, {
    port: store.port,
    provider: PROVIDERS.obs,
    upstream: IN_OBS,
    clients: [WRITER],
    obs: true,
  });
  const expires = String(Math.floor(Date.now() / 1000) + 600);
  const linked = (method: string, path: string, signed: string): string => {
    const text = `${method}\n\n\n${expires}\n${path}${signed}`;
    const signature = createHmac('sha1', WRITER.secretAccessKey.reveal()).update(text).digest('base64');
    return `AccessKeyId=${WRITER.accessKeyId}&Expires=${expires}&Signature=${encodeURIComponent(signature)}`;
  };
  const open = async (method: string, target: string, body = ''): Promise<number> =>
    (await ask(t, front.port, { method, target, body })).status;
  const path = '/plain/mine/log';
  const append = linked('POST', path, '?append&position=0');
  t.equal(await open('POST', `${path}?append&position=0&${append}`, 'x'), 200);
  const put = linked('PUT', path, '');
  t.equal(await open('PUT', `${path}?${put}`, 'x'), 200);
  const before = store.requests.length;
  const turned: readonly [method: string, target: string][] = [
    ['POST', `${path}?append&position=1&${append}`],
    ['POST', `${path}?Append&position=0&position=9&${append}`],
    ['POST', `${path}?rename&name=mine/b&${append}`],
    ['POST', `/plain/mine/other?append&position=0&${append}`],
    ['PUT', `${path}?metadata&${put}`],
    ['PUT', `${path}?modify&position=0&${put}`],
    ['PUT', `${path}?truncate&length=0&${put}`],
    ['PUT', `${path}?Truncate&Length=0&${put}`],
    ['PUT', `${path}?x-obs-acl=public-read&${put}`],
    ['PUT', `${path}?symlink&${put}`],
    ['DELETE', `${path}?${put}`],
  ];
  for (const [method, target] of turned) {
    const status = await open(method, target, 'x');
    t.ok(status === 403 || status === 400 || status === 501, `${method} ${target}: ${status}`);
  }
  t.equal(store.requests.length, before, 'nothing reaches the store');
});

const NOT_SIGNED = /headers present in the request which were not signed/;

t.test('what nobody has signed gives an object no end and no headers', async (t) => {
  const store = await startStub(t, (_request, response) => {
    response.setHeader('etag', '"e"');
    response.end('');
  });
  const front = await startFront(t, {
    port: store.port,
    provider: PROVIDERS.obs,
    upstream: IN_OBS,
    clients: [WRITER],
    obs: true,
    sigv2: true,
  });
  const expires = String(Math.floor(Date.now() / 1000) + 600);
  const path = '/plain/mine/a';
  const text = `PUT\n\n\n${expires}\n${path}`;
  const signature = createHmac('sha1', WRITER.secretAccessKey.reveal()).update(text).digest('base64');
  for (const [name, value] of [
    ['x-obs-expires', '1'],
    ['x-obs-persistent-headers', 'x-team:YQ=='],
  ] as const) {
    const query = `AWSAccessKeyId=${WRITER.accessKeyId}&Expires=${expires}&Signature=${encodeURIComponent(signature)}`;
    const linked = await ask(t, front.port, {
      method: 'PUT',
      target: `${path}?${query}`,
      headers: { [name]: value },
    });
    t.match(linked, { status: 403, body: NOT_SIGNED }, `${name} beside a link of version 2`);
    // SDKs of OBS send it beside a signature in a header: see test/obs/unsigned-headers.
    if (name === 'x-obs-expires') continue;
    const lines = await aws4Signer(
      {
        method: 'PUT',
        path,
        query: {},
        headers: {
          host: `127.0.0.1:${front.port}`,
          'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
          'content-length': '0',
        },
      },
      { credentials: WRITER, region: REGION, now: new Date() },
    );
    const head = [
      `PUT ${path} HTTP/1.1`,
      ...Object.entries({ ...lines, [name]: value }).map((one) => one.join(': ')),
    ];
    t.match(await exchangeOf(t, front.port, head), NOT_SIGNED, `${name} beside SigV4`);
  }
  t.equal(store.requests.length, 0);
});

t.test('a header that an operation of OBS does not have is refused, never left out in silence', async (t) => {
  const store = await startStub(t, (_request, response) => {
    response.setHeader('etag', '"e"');
    response.end('');
  });
  const { port } = await startFront(t, { port: store.port, provider: PROVIDERS.obs, upstream: IN_OBS });
  for (const [method, target, name] of [
    ['POST', '/secret/a?append&position=0', 'x-amz-tagging'],
    ['POST', '/secret/a?append&position=0', 'x-amz-object-lock-mode'],
    ['PUT', '/secret/a?metadata', 'x-amz-acl'],
    ['PUT', '/secret/a?metadata', 'x-amz-grant-read'],
    ['PUT', '/secret/a?metadata', 'x-amz-tagging'],
    ['PUT', '/secret/a?metadata', 'x-amz-copy-source'],
    ['PUT', '/secret/a?metadata', 'x-amz-server-side-encryption'],
  ] as const) {
    const got = await ask(t, port, { method, target, headers: { [name]: 'x' } });
    t.match(got, { status: 501, body: new RegExp(name) }, `${target} ${name}`);
  }
  for (const [method, target, says] of [
    ['POST', '/plain/a?append', /AppendObject needs the parameter position/],
    ['POST', '/plain/a?rename', /RenameFile needs the parameter name/],
    ['PUT', '/plain/a?truncate', /TruncateObject needs the parameter length/],
    ['PUT', '/plain/a?modify', /ModifyObject needs the parameter position/],
    ['POST', '/plain/v1/async-fetch/jobs', /fetch job/],
  ] as const)
    t.match((await ask(t, port, { method, target })).body, says, target);
  t.equal(store.requests.length, 0);
});
