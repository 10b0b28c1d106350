import type { IncomingMessage, ServerResponse } from 'node:http';
import t, { type Test } from 'tap';
import type { SseKey } from '../../src/keys/key.ts';
import { PROVIDERS } from '../../src/s3/providers.ts';
import { presign } from '../../src/sigv4/sign.ts';
import { ssecHeaders } from '../../src/ssec/headers.ts';
import { eventually, httpStore } from '../e2e/wire.ts';
import { encodeForm, signForm } from '../support/forms.ts';
import { pinnedTo } from '../support/pinned.ts';
import { testSsecKey } from '../support/snapshot.ts';
import { type Ask, ask, clientWith, type Front, type Got, REGION, SSEC_KEY, startFront } from './support.ts';
import { shows } from './writings.ts';

/** Clients with SSE-C keys of their own, or with headers that look so, where a rule encrypts and lets such keys pass. */

const OWN = testSsecKey('of the client');
const CLIENT = clientWith('app', { admin: true, grants: 'all' });
const TARGET = 'x-amz-server-side-encryption-customer-';
const SOURCE = 'x-amz-copy-source-server-side-encryption-customer-';
const RULES = [
  { bucket: 'secret', encrypt: [SSEC_KEY] },
  { bucket: 'passed', encrypt: [SSEC_KEY], clientHeaders: 'pass' },
  { bucket: 'loose', encrypt: 'off', clientHeaders: 'pass' },
  { bucket: 'plain', encrypt: 'off' },
  { bucket: 'lenient', encrypt: [SSEC_KEY], clientHeaders: 'pass', plainReads: 'allow' },
  {
    bucket: 'later',
    encrypt: [{ ssecKey: SSEC_KEY, writesFrom: new Date('9999-01-01') }],
    clientHeaders: 'pass',
  },
] as const;

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

interface Stand {
  /** Without authentication. */
  readonly open: Front;
  readonly signed: Front;
  /** What the store would keep in plain. */
  readonly inPlain: readonly string[];
  readonly say: (answer: Answer) => void;
}

/** Like Ceph, the store takes an empty key for none: it stores in plain and echoes nothing. */
const likeCeph: Answer = ({ headers, url = '' }, response) => {
  if (!headers[`${TARGET}key`])
    for (const name of ['algorithm', 'key-md5']) response.removeHeader(TARGET + name);
  const document = url.includes('uploads')
    ? '<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>'
    : '<CopyObjectResult><ETag>"e"</ETag></CopyObjectResult>';
  response
    .writeHead(200, { etag: '"e"' })
    .end(headers['x-amz-copy-source'] || url.includes('uploads') ? document : '');
};

/** Encrypts nothing, whatever key it is sent, and can be read without one. */
const ignores: Answer = (request, response) => {
  for (const name of ['algorithm', 'key-md5']) response.removeHeader(TARGET + name);
  likeCeph(request, response);
};

/** Encrypts, so that a HEAD without the key fails. */
const sealed: Answer = (request, response) => {
  if (request.method === 'HEAD' && !request.headers[`${TARGET}key`]) response.writeHead(400).end();
  else likeCeph(request, response);
};

async function stand(t: Test, provider = PROVIDERS.aws): Promise<Stand> {
  const inPlain: string[] = [];
  let answer = likeCeph;
  const { port } = await httpStore(t, (request, response) => {
    const { method, url = '', headers } = request;
    if (method !== 'GET' && method !== 'HEAD' && !headers[`${TARGET}key`]) inPlain.push(`${method} ${url}`);
    request.resume().once('end', () => answer(request, response));
  });
  return {
    open: await startFront(t, { port, provider, rules: RULES }),
    signed: await startFront(t, { port, provider, rules: RULES, clients: [CLIENT] }),
    inPlain,
    say: (next) => {
      answer = next;
    },
  };
}

const whole = ssecHeaders('target', OWN);
const NO_KEYS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'an empty key': { [`${TARGET}key`]: '' },
  'a blank key': { [`${TARGET}key`]: ' \t ' },
  'three empty headers': { [`${TARGET}algorithm`]: '', [`${TARGET}key`]: '', [`${TARGET}key-md5`]: '' },
  'an empty key among full ones': { ...whole, [`${TARGET}key`]: '' },
  'a key by itself': { [`${TARGET}key`]: OWN.base64 },
  'a short key': { ...whole, [`${TARGET}key`]: OWN.base64.slice(4) },
  "another key's MD5": { ...whole, [`${TARGET}key-md5`]: SSEC_KEY.md5 },
  'an unknown algorithm': { ...whole, [`${TARGET}algorithm`]: 'AES128' },
  'an empty MD5 alone': { [`${TARGET}key-md5`]: '' },
};

/** Each way in which headers get to the store. */
const WAYS: Readonly<
  Record<string, (t: Test, at: Stand, bucket: string, headers: Ask['headers']) => Promise<Got>>
> = {
  headers: async (t, { open }, bucket, headers = {}) =>
    await ask(t, open.port, { method: 'PUT', target: `/${bucket}/k`, headers, body: 'secret' }),
  'a link': async (t, { signed: { port } }, bucket, headers = {}) => {
    const request = {
      method: 'PUT',
      path: `/${bucket}/k?${new URLSearchParams(headers).toString().replaceAll('+', '%20')}`,
      host: `127.0.0.1:${port}`,
    };
    const target = presign(request, { credentials: CLIENT, region: REGION, now: new Date() });
    return await ask(t, port, { method: 'PUT', target, body: 'secret' });
  },
  'a form': async (t, { signed: { port } }, bucket, headers = {}) => {
    const secretAccessKey = CLIENT.secretAccessKey.reveal();
    const by = { accessKeyId: CLIENT.accessKeyId, secretAccessKey, region: REGION, now: new Date() };
    const fields = signForm({ bucket, fields: { key: 'k', ...headers } }, by);
    const body = encodeForm([...Object.entries(fields), ['file', 'secret', 'a.txt']]).toString('latin1');
    const [boundary = ''] = body.slice(2).split('\r\n');
    const type = { 'content-type': `multipart/form-data; boundary=${boundary}` };
    return await ask(t, port, { method: 'POST', target: `/${bucket}`, headers: type, body });
  },
  'a multipart upload': async (t, { open }, bucket, headers = {}) =>
    await ask(t, open.port, { method: 'POST', target: `/${bucket}/k?uploads=`, headers }),
  'a part': async (t, { open }, bucket, headers = {}) => {
    const path = `/${bucket}/k?partNumber=1&uploadId=u`;
    const target = bucket === 'passed' ? pinnedTo(SSEC_KEY, path) : path;
    return await ask(t, open.port, { method: 'PUT', target, headers, body: 'secret' });
  },
  'the end of an upload': async (t, { open }, bucket, headers = {}) => {
    const path = `/${bucket}/k?uploadId=u`;
    const target = bucket === 'passed' ? pinnedTo(SSEC_KEY, path) : path;
    const body = '<CompleteMultipartUpload/>';
    return await ask(t, open.port, { method: 'POST', target, headers, body });
  },
  "the target of a copy from another rule's object": async (t, { open }, bucket, headers = {}) => {
    const copying = { 'x-amz-copy-source': bucket === 'passed' ? '/secret/s' : '/plain/s', ...headers };
    return await ask(t, open.port, { method: 'PUT', target: `/${bucket}/k`, headers: copying });
  },
  'the source of a copy': async (t, { open }, bucket, headers = {}) => {
    const source = Object.entries(headers).map(([name, value]) => [name.replace(TARGET, SOURCE), value]);
    const copying = { 'x-amz-copy-source': `/${bucket}/s`, ...Object.fromEntries(source) };
    return await ask(t, open.port, { method: 'PUT', target: '/secret/k', headers: copying });
  },
};

for (const [way, send] of Object.entries(WAYS)) {
  t.test(`headers that hold no key turn nothing off, in ${way}`, async (t) => {
    const at = await stand(t);
    for (const bucket of ['passed', 'loose']) {
      for (const [what, headers] of Object.entries(NO_KEYS)) {
        const got = await send(t, at, bucket, headers);
        t.match(got, { status: 400, code: 'InvalidArgument' }, `${what} in ${bucket}`);
        t.equal(shows(got.text, OWN), undefined, what);
      }
    }
    t.same(at.inPlain, [], 'nothing gets to the store');
    for (const { log } of [at.open, at.signed]) t.equal(shows(JSON.stringify(log), OWN), undefined);
  });
}

t.test('a read with headers that hold no key is refused too', async (t) => {
  const at = await stand(t);
  for (const target of ['/passed/k', '/loose/k'])
    for (const [what, headers] of Object.entries(NO_KEYS))
      t.match(
        await ask(t, at.open.port, { method: 'GET', target, headers }),
        { code: 'InvalidArgument' },
        what,
      );
});

t.test('a claim of a key for a plain source is refused, as one for a plain target', async (t) => {
  const at = await stand(t);
  for (const claim of [{ [`${SOURCE}algorithm`]: 'AES256' }, { [`${TARGET}algorithm`]: 'AES256' }]) {
    const headers = { 'x-amz-copy-source': '/plain/s', ...claim };
    const got = await ask(t, at.open.port, { method: 'PUT', target: '/plain/k', headers });
    t.match(got, { status: 400, code: 'InvalidArgument' });
  }
  t.same(at.inPlain, []);
});

const WRITES: Readonly<Record<string, Ask>> = {
  PutObject: { method: 'PUT', target: '/passed/k', body: 'secret', headers: whole },
  CreateMultipartUpload: { method: 'POST', target: '/passed/k?uploads=', headers: whole },
  CopyObject: {
    method: 'PUT',
    target: '/passed/k',
    headers: { 'x-amz-copy-source': '/plain/s', ...whole },
  },
  UploadPart: {
    method: 'PUT',
    target: pinnedTo(SSEC_KEY, '/passed/k?partNumber=1&uploadId=u'),
    body: 'secret',
    headers: whole,
  },
};
for (const [name, write] of Object.entries(WRITES)) {
  t.test(`a store that ignores the client's own key can't take a second write after ${name}`, async (t) => {
    const { open, say } = await stand(t);
    say(ignores);
    t.match(await ask(t, open.port, write), { status: 500, code: 'InternalError' });
    t.match(
      open.log.find(({ level }) => level === 'error'),
      { bucket: 'passed', objectKey: 'k', op: name, fault: /does not echo/ },
    );
    await eventually(() => open.log.some(({ msg }) => msg === 'probe of a distrusted bucket'));
    for (const again of [write, { method: 'PUT', target: '/passed/k', body: 'x' }])
      t.match(await ask(t, open.port, again), { status: 503, code: 'ServiceUnavailable' });
    const loose = { method: 'PUT', target: '/loose/k', body: 'x', headers: whole };
    t.match(await ask(t, open.port, loose), { status: 200 }, 'where nothing encrypts nothing is promised');
  });
}

t.test("a store that names another key than the client's own proves nothing", async (t) => {
  const { open, say } = await stand(t);
  say((request, response) => {
    response.setHeader(`${TARGET}key-md5`, SSEC_KEY.md5);
    likeCeph(request, response);
  });
  const got = await ask(t, open.port, WRITES.PutObject as Ask);
  t.match(got, { status: 500, code: 'InternalError' });
  t.equal(shows(got.text, SSEC_KEY), undefined);
});

t.test('a write with the client’s own key goes through, and names the MD5 of that key', async (t) => {
  const { open, inPlain } = await stand(t);
  const got = await ask(t, open.port, WRITES.PutObject as Ask);
  t.match(got, { status: 200 });
  t.match(got.head, `${TARGET}key-md5: ${OWN.md5}`);
  t.same(inPlain, []);
});

t.test("an object in plain is not read as if the client's own key had opened it", async (t) => {
  const { open, inPlain, say } = await stand(t, PROVIDERS.ceph);
  const copy = {
    method: 'PUT',
    target: '/passed/copy',
    headers: { 'x-amz-copy-source': '/passed/k', ...ssecHeaders('source', OWN) },
  };
  const reads: readonly Ask[] = [
    { method: 'GET', target: '/passed/k', headers: whole },
    { method: 'GET', target: '/passed/k?versionId=v', headers: { ...whole, range: 'bytes=0-1' } },
    { method: 'HEAD', target: '/passed/k', headers: whole },
  ];
  for (const read of reads) t.match(await ask(t, open.port, read), { status: 200 }, 'what is encrypted');
  say(ignores);
  for (const read of [...reads, copy]) t.match(await ask(t, open.port, read), { status: 403 });
  t.same(inPlain, []);
  for (const bucket of ['lenient', 'loose']) {
    const read = { method: 'GET', target: `/${bucket}/k`, headers: whole };
    t.match(await ask(t, open.port, read), { status: 200 }, bucket);
  }
  t.notOk(open.log.some(({ ssecKeyId }) => ssecKeyId === OWN.id));
});

t.test(
  "where no key of the rule writes yet, a probe with the client's own key opens the bucket",
  async (t) => {
    const { open, say } = await stand(t);
    const write = { method: 'PUT', target: '/later/k', body: 'secret', headers: whole };
    say((request, response) => (request.url?.includes('probe') ? sealed : ignores)(request, response));
    t.match(await ask(t, open.port, write), { status: 500, code: 'InternalError' });
    await eventually(() => open.log.some(({ msg }) => msg === 'probe of a distrusted bucket'));
    t.match(
      open.log.find(({ msg }) => msg === 'probe of a distrusted bucket'),
      { bucket: 'later', kind: 'proven' },
    );
    say(likeCeph);
    const upload = { method: 'POST', target: '/later/k?uploads=', headers: whole };
    t.match(await ask(t, open.port, upload), { status: 200 });
  },
);

const texts = ({ base64, md5 }: SseKey): readonly string[] => [
  base64,
  md5,
  Buffer.from(base64, 'base64').toString('hex'),
];
t.test("a store can't bring the client's own key into the log or into an answer", async (t) => {
  const { open, say } = await stand(t);
  const ends = [
    { method: 'PUT', target: '/passed/k', body: 'x', headers: whole },
    { method: 'GET', target: '/passed/k', headers: whole },
    { method: 'PUT', target: '/loose/k', body: 'x', headers: whole },
    {
      method: 'PUT',
      target: '/passed/k',
      headers: { 'x-amz-copy-source': '/passed/s', ...ssecHeaders('source', OWN) },
    },
  ];
  for (const request of ends) {
    for (const text of texts(OWN)) {
      const document = `<Error><Code>${text}</Code><Message>The key ${text} is wrong</Message></Error>`;
      for (const status of [400, 403, 500]) {
        say((_request, response) => {
          const headers = { 'x-amz-request-id': text, 'x-debug': text, 'x-amz-version-id': text };
          response.removeHeader(`${TARGET}key-md5`);
          response.writeHead(status, headers).end(document);
        });
        const got = await ask(t, open.port, request);
        t.equal(shows(got.text, OWN), undefined, `${request.method} ${request.target} ${status}`);
      }
    }
  }
  t.equal(shows(JSON.stringify(open.log), OWN), undefined);
});
