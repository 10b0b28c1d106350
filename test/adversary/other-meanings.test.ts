import t, { type Test } from 'tap';
import { OPERATIONS } from '../../src/s3/operations.ts';
import { PROVIDER_NAMES, PROVIDERS, type Provider } from '../../src/s3/providers.ts';
import { httpStore } from '../e2e/wire.ts';
import { parameterFor } from '../support/conditions.ts';
import { IN_OBS } from './in-obs.ts';
import { type Ask, ask, clientWith, type Front, startFront, startStub } from './support.ts';

/** What nobody may see who may not list, or who asked for something else. */
const HIDDEN = 'name-or-content-that-was-not-asked-for';
const LIST = `<?xml version="1.0"?>\n<ListBucketResult><Contents><Key>${HIDDEN}</Key></Contents></ListBucketResult>`;

/** A store that takes no notice of any query: sub-resources are the bucket or the object to it. */
async function carelessStore(t: Test): ReturnType<typeof startStub> {
  return await startStub(t, (request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://store');
    request.resume();
    response.setHeader('x-amz-server-side-encryption-customer-algorithm', 'AES256');
    if (request.method !== 'GET') response.end();
    else response.end(/^\/[^/]+\/./.test(pathname) ? HIDDEN : LIST);
  });
}

/** Every row of the table as a client would ask for it. */
const READS = OPERATIONS.filter(
  ({ method, shape, query }) => method === 'GET' && shape !== 'service' && query.length > 0,
);

function target({ shape, query }: (typeof OPERATIONS)[number]): string {
  const pairs = query.map(parameterFor);
  return `/secret${shape === 'object' ? '/a' : ''}?${pairs.join('&')}`;
}

function askFor(row: (typeof OPERATIONS)[number]): Ask {
  const headers = Object.fromEntries(row.headers.map((name) => [name, 'ETag']));
  return { method: 'GET', target: target(row), headers };
}

t.test('no read of a sub-resource shows the bucket or the object instead', async (t) => {
  const store = await carelessStore(t);
  for (const name of PROVIDER_NAMES) {
    const front = await startFront(t, { port: store.port, provider: PROVIDERS[name] });
    for (const row of READS) {
      // It is a list, which is what it asks for.
      if (row.name === 'ListObjectsV2') continue;
      const answer = await ask(t, front.port, askFor(row));
      t.notMatch(answer.text, HIDDEN, `${row.name} on ${name}`);
      const wanted = row.name === 'GetBucketLocation' ? 200 : 501;
      if (answer.status !== wanted) t.equal(answer.status, wanted, `${row.name} on ${name}`);
    }
  }
  t.ok(READS.length > 40, `${READS.length} reads`);
});

t.test('a part of an object is not an answer to a read of a sub-resource either', async (t) => {
  for (const head of [
    { status: 206, headers: { 'content-range': 'bytes 0-8/9' } },
    { status: 203, headers: {} },
    { status: 200, headers: { 'content-encoding': 'gzip' } },
  ]) {
    const store = await startStub(t, (_request, response) => {
      response
        .writeHead(head.status, head.headers)
        .end(`<AccessControlPolicy>${HIDDEN}</AccessControlPolicy>`);
    });
    const front = await startFront(t, { port: store.port });
    const answer = await ask(t, front.port, {
      method: 'GET',
      target: '/secret/a?acl',
      headers: { range: 'bytes=0-8' },
    });
    t.ok(answer.status >= 500, String(answer.status));
    t.notMatch(answer.text, HIDDEN);
  }
});

/** Queries that some store acts upon, for objects and for buckets; none of them may go out. */
const ACTED_UPON = [
  'x-image-process=style%2Fa&x-image-save-bucket=b3RoZXI&x-image-save-object=bw',
  'x-oss-process=image%2Fresize',
  'x-oss-async-process=a',
  'lambdaArn=arn%3Aminio%3As3-object-lambda%3A%3Aa%3Awebhook',
  'LAMBDAARN=a',
  'events=s3%3AObjectCreated%3A*',
  'append=&position=0',
  'append=1&position=0',
  'rgwx-skip-decrypt=true',
  'rgwx-stat=1',
  'ci-process=doc-preview',
  'attname=a',
  'symlink=1',
  'versionid=1',
  'VersionId=1',
  'PartNumber=1',
  'Acl=1',
  'response-x=1',
  'Response-Content-Type=a',
  'x-obs-acl=public-read',
  'x-goog-acl=a',
  'generation=1',
  'uploads&x=1',
  'unheard-of',
  'unheard-of=',
  'odd%20name=1',
  'acl%00=1',
];

t.test('a query that any store acts upon reaches none', async (t) => {
  const store = await carelessStore(t);
  const front = await startFront(t, { port: store.port });
  for (const method of ['GET', 'HEAD', 'PUT', 'POST', 'DELETE']) {
    for (const query of ACTED_UPON) {
      for (const path of ['/secret/a', '/secret', '/plain/a']) {
        const { status } = await ask(t, front.port, { method, target: `${path}?${query}` });
        if (status !== 501 && status !== 400) t.fail(`${method} ${path}?${query}: ${status}`);
      }
    }
  }
  t.equal(store.requests.length, 0, `${ACTED_UPON.length} queries`);
});

t.test('a version is chosen by reads and deletes alone', async (t) => {
  const store = await carelessStore(t);
  const front = await startFront(t, { port: store.port });
  for (const query of ['versionId=v', 'versionId=null', 'partNumber=1&versionId=v', 'uploads&versionId=v'])
    for (const method of ['PUT', 'POST'])
      t.match(await ask(t, front.port, { method, target: `/plain/a?${query}` }), { status: 501 }, query);
  t.equal(store.requests.length, 0);
  for (const method of ['GET', 'DELETE'])
    await ask(t, front.port, { method, target: '/plain/a?versionId=v' });
  t.same(
    store.requests.map(({ url }) => url),
    ['/plain/a?versionId=v', '/plain/a?versionId=v'],
  );
});

t.test('what S3 takes no notice of is signed by the client and seen by no store', async (t) => {
  const store = await carelessStore(t);
  const client = clientWith('links', { admin: false, grants: 'all' });
  const front = await startFront(t, { port: store.port, clients: [client] });
  const ignored =
    'Content-Type=text%2Fhtml&content-md5=x&Cache-Control=no-store&content-disposition=a&Content-Encoding=gzip&CONTENT-LANGUAGE=de&Expires=0&v=1&utm_source=a&_=7';
  for (const method of ['GET', 'HEAD', 'PUT'] as const) {
    const { status } = await ask(t, front.port, { method, target: `/plain/a?${ignored}`, as: client });
    t.equal(status, 200, method);
  }
  for (const [method, target] of [
    ['GET', '/plain?Content-Type=a&Expires='],
    ['DELETE', '/plain/a?content-md5=x&Cache-Control='],
    ['PUT', '/plain/a?CONTENT-TYPE='],
  ] as const) {
    const { status } = await ask(t, front.port, { method, target, as: client });
    t.equal(status, 200, `${method} ${target}: names of HTTP headers, for every operation`);
  }
  const kept = 'versionId=v&response-content-type=a&x-id=GetObject';
  await ask(t, front.port, { method: 'GET', target: `/plain/a?${ignored}&${kept}`, as: client });
  t.same(
    store.requests.map(({ url }) => url),
    ['/plain/a', '/plain/a', '/plain/a', '/plain', '/plain/a', '/plain/a', `/plain/a?${kept}`],
  );
  t.match(await ask(t, front.port, { method: 'DELETE', target: '/plain/a?v=1', as: client }), {
    status: 501,
    code: 'NotImplemented',
  });
});

/** Each provider with `default: pass` as far as a test has it: a rule for every bucket. */
async function everywhere(t: Test, port: number, provider: Provider, virtual = false): Promise<Front> {
  const rules = [{ bucket: '*', encrypt: 'off' }] as const;
  const upstream = virtual ? { addressing: 'virtual' as const, hostname: 'store.test' } : {};
  const lookup = ((_name: string, _options: object, done: (...args: unknown[]) => void) =>
    done(null, [{ address: '127.0.0.1', family: 4 }])) as never;
  return await startFront(t, { port, provider, rules, upstream, ...(virtual && { lookup }) });
}

t.test("a store's other interfaces are not buckets or copy sources, and have no preflight", async (t) => {
  const store = await carelessStore(t);
  for (const name of PROVIDER_NAMES) {
    const provider = PROVIDERS[name];
    const front = await everywhere(t, store.port, provider);
    for (const reserved of provider.reserved.names.flatMap((one) => [one, one.toUpperCase()])) {
      for (const method of ['GET', 'HEAD', 'PUT', 'DELETE']) {
        for (const path of ['', '/', '/metadata/user?v=1', '/v3/info', '?policy', '?location']) {
          const { status } = await ask(t, front.port, { method, target: `/${reserved}${path}` });
          if (status !== 400 && status !== 501) t.fail(`${name}: ${method} /${reserved}${path}: ${status}`);
        }
      }
      for (const source of [
        `/${reserved}/v3/info`,
        `%2F${reserved}%2Fmetadata%2Fuser`,
        `${reserved}/a?versionId=1`,
      ]) {
        const headers = { 'x-amz-copy-source': source };
        const copied = await ask(t, front.port, { method: 'PUT', target: '/bucket/a', headers });
        t.match(copied, { status: 400, code: 'InvalidBucketName' }, `${name}: ${source}`);
      }
      const headers = { origin: 'https://page.test', 'access-control-request-method': 'GET' };
      const signed = clientWith('somebody', { admin: true, grants: 'all' });
      const open = await startFront(t, {
        port: store.port,
        provider,
        clients: [signed],
        rules: [{ bucket: '*', encrypt: 'off' }],
      });
      const preflight = await ask(t, open.port, {
        method: 'OPTIONS',
        target: `/${reserved}/v3/info`,
        headers,
      });
      t.match(preflight, { status: 400, code: 'InvalidBucketName' }, `${name}: preflight of ${reserved}`);
    }
  }
  t.equal(store.requests.length, 0);
});

t.test('a preflight brings no body to a store: nobody in particular sent it', async (t) => {
  const store = await carelessStore(t);
  const client = clientWith('app', { admin: false, grants: 'all' });
  const front = await startFront(t, { port: store.port, clients: [client] });
  const headers = { origin: 'https://page.test', 'access-control-request-method': 'PUT' };
  for (const framing of [{ 'content-length': '4' }, { 'transfer-encoding': 'chunked' }] as const) {
    const body = 'content-length' in framing ? 'body' : '';
    const all = { ...headers, ...framing };
    const answer = await ask(t, front.port, { method: 'OPTIONS', target: '/plain/a', headers: all, body });
    t.match(answer, { status: 400, code: 'InvalidRequest' }, JSON.stringify(framing));
  }
  t.equal(store.requests.length, 0);
  await ask(t, front.port, { method: 'OPTIONS', target: '/plain/a', headers });
  t.equal(store.requests.length, 1, 'without a body it goes on');
});

t.test('names of interfaces begin no object key where the path is all of the bucket’s', async (t) => {
  const store = await carelessStore(t);
  const front = await everywhere(t, store.port, PROVIDERS.minio, true);
  for (const key of ['minio/admin/v3/info', 'MINIO/health/live', '%6dinio/v2/metrics/cluster', 'minio'])
    t.match(await ask(t, front.port, { method: 'GET', target: `/bucket/${key}` }), { status: 400 }, key);
  t.equal(store.requests.length, 0);
  await ask(t, front.port, { method: 'GET', target: '/bucket/minio-logs/a' });
  t.equal(store.requests.length, 1, 'what only begins like one is a key');
});

t.test('no object is reached by a second name', async (t) => {
  const store = await carelessStore(t);
  const seconds: [provider: 'minio' | 'seaweedfs' | 'generic', key: string][] = [
    ['minio', 'folder__XLDIR__'],
    ['minio', 'a/b__XLDIR__'],
    ['seaweedfs', '.uploads/u/0001.part'],
    ['seaweedfs', 'a.bin.versions/v_1'],
    ['generic', 'folder__XLDIR__'],
    ['generic', '.uploads/u/0001.part'],
  ];
  for (const [provider, key] of seconds) {
    const front = await everywhere(t, store.port, PROVIDERS[provider]);
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE']) {
      const { status } = await ask(t, front.port, { method, target: `/bucket/${key}` });
      t.equal(status, 400, `${provider}: ${method} ${key}`);
    }
    const headers = { 'x-amz-copy-source': `bucket/${encodeURIComponent(key)}` };
    t.match(await ask(t, front.port, { method: 'PUT', target: '/bucket/a', headers }), { status: 400 }, key);
    const listed = await ask(t, front.port, {
      method: 'GET',
      target: `/bucket?prefix=${encodeURIComponent(key)}`,
    });
    t.match(listed, { status: 400, code: 'InvalidArgument' }, `list of ${key}`);
    const body = `<Delete><Object><Key>ordinary</Key></Object><Object><Key>${key}</Key></Object></Delete>`;
    const deleted = await ask(t, front.port, { method: 'POST', target: '/bucket?delete', body });
    t.match(deleted, { status: 400, code: 'InvalidArgument' }, `delete of ${key}`);
  }
  t.equal(store.requests.length, 0);
});

t.test('an alias of an access point is not a bucket: rules would know another by it', async (t) => {
  const store = await carelessStore(t);
  const front = await everywhere(t, store.port, PROVIDERS.aws);
  for (const bucket of ['point-abc123-s3alias', 'point--ol-s3', 'm1.mrap', 'b--use1-az4--x-s3'])
    t.match(await ask(t, front.port, { method: 'GET', target: `/${bucket}/a` }), { status: 400 }, bucket);
  t.equal(store.requests.length, 0);
});

const TOLD = IN_OBS && 'a RestoreRequest of OBS is another document: see test/dialects';
t.test('a restore brings the object back and writes nothing elsewhere', { skip: TOLD }, async (t) => {
  const bodies: string[] = [];
  const store = await httpStore(t, (request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => {
      body += piece.toString();
    });
    request.once('end', () => {
      bodies.push(body);
      response.end();
    });
  });
  const front = await startFront(t, { port: store.port });
  const restore = (inner: string): Promise<{ status: number; code: string | undefined }> =>
    ask(t, front.port, {
      method: 'POST',
      target: '/secret/a?restore',
      body: `<RestoreRequest xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner}</RestoreRequest>`,
    });
  const elsewhere =
    '<OutputLocation><S3><BucketName>open</BucketName><Prefix>a</Prefix></S3></OutputLocation>';
  for (const inner of [
    `<Type>SELECT</Type><SelectParameters/>${elsewhere}`,
    elsewhere,
    `<s3:OutputLocation xmlns:s3="http://s3.amazonaws.com/doc/2006-03-01/"/>`,
    '<Days>1</Days><!-- --><OutputLocation/>',
    '<Type>SELECT</Type>',
  ])
    t.match(await restore(inner), { status: 501, code: 'NotImplemented' }, inner);
  t.match(await restore('<Days>1'), { status: 400, code: 'MalformedXML' });
  t.same(bodies, []);
  const plain = '<Days>3</Days><GlacierJobParameters><Tier>Bulk</Tier></GlacierJobParameters>';
  t.match(await restore(`<!-- a --><Unknown>x</Unknown>${plain}`), { status: 200 });
  t.match(bodies, [new RegExp(`<RestoreRequest xmlns="[^"]*">${plain}</RestoreRequest>$`)]);
  t.notMatch(bodies[0], 'Unknown', 'only what is known goes on');
});

t.test('a list of buckets tells of no bucket by the length of its pages', async (t) => {
  const names = ['a-hidden', 'b-mine', 'c-hidden', 'd-hidden', 'e-mine'];
  const store = await startStub(t, (_request, response) => {
    const buckets = names.map((name) => `<Bucket><Name>${name}</Name></Bucket>`).join('');
    response.end(`<ListAllMyBucketsResult><Buckets>${buckets}</Buckets></ListAllMyBucketsResult>`);
  });
  const mine = ['b-mine', 'e-mine'].map((bucket) => ({
    bucket,
    prefix: '',
    actions: new Set(['read'] as const),
  }));
  const client = clientWith('one', { admin: false, grants: mine });
  const front = await startFront(t, {
    port: store.port,
    clients: [client],
    rules: [{ bucket: '*', encrypt: 'off' }],
  });
  const list = async (query: string): Promise<{ names: string[]; token: string | undefined }> => {
    const { body } = await ask(t, front.port, { method: 'GET', target: `/?${query}`, as: client });
    const [, token] = /<ContinuationToken>([^<]*)</.exec(body) ?? [];
    return { names: [...body.matchAll(/<Name>([^<]*)</g)].map(([, name = '']) => name), token };
  };
  const first = await list('max-buckets=1');
  t.same(first.names, ['b-mine']);
  t.same(await list(`max-buckets=1&continuation-token=${first.token}`), {
    names: ['e-mine'],
    token: undefined,
  });
  t.same(await list('prefix=c'), { names: [], token: undefined });
  t.same(await list('prefix=c&max-buckets=1'), { names: [], token: undefined });
  t.same((await list('prefix=e')).names, ['e-mine']);
  t.ok(
    store.requests.every(({ url }) => url === '/'),
    'what the caller asks says nothing to the store',
  );
});
