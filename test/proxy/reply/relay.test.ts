import t, { type Test } from 'tap';
import { ask, startFront, startStub } from '../../adversary/support.ts';
import { exchangeOf, httpStore, startWire, WIRE_KEY } from '../../e2e/wire.ts';
import { pinnedTo } from '../../support/pinned.ts';
import { snapshotOf } from '../../support/snapshot.ts';

/** What a client gets for a document of the store. */
async function relayed(
  t: Test,
  { line, headers = [], document }: { line: string; headers?: readonly string[]; document: string },
): Promise<string> {
  const store = await httpStore(t, (_request, response) => void response.end(document));
  const { port } = await startWire(t, store);
  return await exchangeOf(t, port, [`${line} HTTP/1.1`, ...headers]);
}

const COPY = { line: 'PUT /secret/a', headers: ['x-amz-copy-source: /secret/b', 'Content-Length: 0'] };
const COMPLETE = {
  line: `POST ${pinnedTo(WIRE_KEY, '/secret/a?uploadId=u')}`,
  headers: ['Content-Length: 0'],
};

t.test('gives on the outcome of a copy as the store wrote it', async (t) => {
  const outcome =
    '<CopyObjectResult><ETag>&quot;e&quot;</ETag><ChecksumCRC32>AAAA</ChecksumCRC32></CopyObjectResult>';
  const answer = await relayed(t, { ...COPY, document: `<?xml version="1.0"?>\n${outcome}` });
  t.match(answer, /^HTTP\/1\.1 200 /);
  t.ok(answer.endsWith(`<?xml version="1.0" encoding="UTF-8"?>\n${outcome}`), answer);
});

t.test('says that it does not know how a copy went when the store does not say so', async (t) => {
  for (const document of [
    '',
    'fine',
    '<html/>',
    '<CopyObjectResult><ETag>',
    '<CompleteMultipartUploadResult/>',
  ]) {
    const answer = await relayed(t, { ...COPY, document });
    t.match(answer, /<Error><Code>InternalError<\/Code>/, document);
  }
});

t.test('the id that a store gives a request is in the log where it looks like one', async (t) => {
  let id = '';
  const store = await httpStore(t, (_request, response) => {
    response.writeHead(200, { 'x-amz-request-id': id }).end('content');
  });
  const { port, log } = await startWire(t, store);
  for (const good of ['4442587FB7D0A2F9', 'tx00000a1b2-0065a1b2c3-1234-a-zone.of-ceph', '-'.repeat(128)]) {
    id = good;
    await exchangeOf(t, port, ['GET /plain/a HTTP/1.1']);
    t.equal(log.at(-1)?.['upstreamRequestId'], good);
  }
  for (const other of ['-'.repeat(129), 'x'.repeat(10_000), 'two words', 'caf\u00e9']) {
    id = other;
    await exchangeOf(t, port, ['GET /plain/a HTTP/1.1']);
    t.equal(log.at(-1)?.['upstreamRequestId'], undefined, other.slice(0, 20));
  }
});

t.test('a part that was copied has an ETag, and every outcome says something of one', async (t) => {
  const part = { ...COPY, line: `PUT ${pinnedTo(WIRE_KEY, '/secret/a?partNumber=1&uploadId=u')}` };
  for (const [request, root] of [
    [COPY, 'CopyObjectResult'],
    [COMPLETE, 'CompleteMultipartUploadResult'],
    [part, 'CopyPartResult'],
  ] as const) {
    for (const inner of ['', '<Key>a</Key>'])
      t.match(
        await relayed(t, { ...request, document: `<${root}>${inner}</${root}>` }),
        'InternalError',
        root,
      );
    const bare = await relayed(t, { ...request, document: `<${root}><ETag/></${root}>` });
    if (request === part) t.match(bare, 'InternalError');
    else t.match(bare, `<${root}><ETag/></${root}>`, 'Ceph 16 says none of a whole upload');
  }
});

t.test('leads clients to the proxy by the Location of an upload', async (t) => {
  const answer = await relayed(t, {
    ...COMPLETE,
    document:
      '<CompleteMultipartUploadResult><Location>https://store.test/secret/a</Location><Key>a</Key><ETag/></CompleteMultipartUploadResult>',
  });
  t.match(answer, '<Location>http://127.0.0.1/secret/a</Location><Key>a</Key>');
});

t.test('lists the buckets that rules name, without the region of the store', async (t) => {
  const bucket = (name: string): string =>
    `<Bucket><Name>${name}</Name><CreationDate>2026-01-01T00:00:00.000Z</CreationDate><BucketRegion>r</BucketRegion></Bucket>`;
  const owner = '<Owner><ID>i</ID><DisplayName>a &amp; b</DisplayName></Owner>';
  const answer = await relayed(t, {
    line: 'GET /',
    document: `<ListAllMyBucketsResult>${owner}<Buckets>${['secret', 'nobodys', 'plain'].map(bucket).join('')}</Buckets></ListAllMyBucketsResult>`,
  });
  t.same(
    [...answer.matchAll(/<Name>([^<]*)</g)].map(([, name]) => name),
    ['plain', 'secret'],
  );
  t.match(answer, owner);
  t.equal(answer.match(/<CreationDate>/g)?.length, 2);
  t.notMatch(answer, 'BucketRegion');
});

t.test('shows nothing of a list of buckets that it cannot read', async (t) => {
  for (const document of [
    '',
    '<ListAllMyBucketsResult><Bucket><Name>nobodys</Name>',
    '<Buckets>nobodys</Buckets>',
  ]) {
    const answer = await relayed(t, { line: 'GET /', document });
    t.match(answer, /^HTTP\/1\.1 500 [\s\S]*<Code>InternalError</, document);
    t.notMatch(answer, 'nobodys');
  }
});

t.test('says where a bucket is, as the client sees it', async (t) => {
  const store = await httpStore(t, (_request, response) => {
    response
      .setHeader('location', 'https://store.test/secret')
      .setHeader('x-amz-bucket-region', 'elsewhere-9');
    response.end();
  });
  const { port } = await startWire(t, store);
  const head = await exchangeOf(t, port, ['HEAD /secret HTTP/1.1']);
  t.match(head, /\r\nx-amz-bucket-region: eu-test-1\r\n/i);
  t.notMatch(head, /store\.test|elsewhere-9/);
});

t.test('answers for the region of the proxy', async (t) => {
  const document = '<ListBucketResult>a store that does not know ?location</ListBucketResult>';
  const answer = await relayed(t, { line: 'GET /secret?location', document });
  t.match(answer, /<LocationConstraint [^>]*>eu-test-1<\/LocationConstraint>$/);
});

const LIST = (names: readonly string[], token = ''): string =>
  `<ListAllMyBucketsResult><Buckets>${names.map((name) => `<Bucket><Name>${name}</Name></Bucket>`).join('')}</Buckets>${token}</ListAllMyBucketsResult>`;

t.test('lists the buckets of a store that pages unasked, and of the next store, or none', async (t) => {
  let endless = false;
  const one = await startStub(t, ({ url = '' }, response) => {
    const [, from = '0'] = /continuation-token=(\d+)/.exec(url) ?? [];
    const next = Number(from) + 1;
    const token = next < 3 || endless ? `<ContinuationToken>${next}</ContinuationToken>` : '';
    response.end(LIST([`p-${from}`], token));
  });
  let answer = { status: 200, text: LIST(['q-0', 'p-of-the-other']) };
  const two = await startStub(t, (_request, response) => response.writeHead(answer.status).end(answer.text));
  const { upstream } = snapshotOf();
  const other = { ...upstream, name: 'upstreams.two', protocol: 'http:', hostname: '127.0.0.1' } as const;
  const front = await startFront(t, {
    port: one.port,
    rules: [
      { bucket: 'p-*', encrypt: 'off' },
      { bucket: 'q-*', encrypt: 'off', upstream: 'two' },
    ],
    upstreams: new Map([['two', { ...other, port: two.port }]]),
  });
  const list = (query = ''): ReturnType<typeof ask> =>
    ask(t, front.port, { method: 'GET', target: `/${query}` });
  const namesIn = (text: string): string[] =>
    [...text.matchAll(/<Name>([^<]*)</g)].map(([, name = '']) => name);
  t.same(namesIn((await list()).body), ['p-0', 'p-1', 'p-2', 'q-0']);
  const first = await list('?max-buckets=3');
  t.same(namesIn(first.body), ['p-0', 'p-1', 'p-2']);
  t.equal(two.requests.at(-1)?.url, '/', 'the store is asked for all of them, pages are cut here');
  const [, token = ''] = /<ContinuationToken>([^<]+)</.exec(first.body) ?? [];
  t.same(namesIn((await list(`?continuation-token=${token}`)).body), ['q-0']);
  t.match(
    await list('?continuation-token=2'),
    { status: 400, code: 'InvalidArgument' },
    'no token of a store',
  );
  const prefixed = await list('?prefix=q');
  t.same(namesIn(prefixed.body), ['q-0']);
  t.match(prefixed.body, '<Prefix>q</Prefix>');
  t.same(namesIn((await list('?bucket-region=eu-test-1&max-buckets=1')).body), ['p-0']);
  t.same(namesIn((await list('?bucket-region=elsewhere-9')).body), [], 'all are where the proxy is');
  endless = true;
  t.match(await list(), { status: 500, code: 'InternalError' }, 'there is an end to it');
  endless = false;
  for (const [status, code, wanted] of [
    [403, 'AccessDenied', { status: 403, code: 'AccessDenied' }],
    [403, 'SignatureDoesNotMatch', { status: 503, code: 'ServiceUnavailable' }],
    [500, 'InternalError', { status: 503, code: 'ServiceUnavailable' }],
    [200, 'NoList', { status: 500, code: 'InternalError' }],
  ] as const) {
    answer = { status, text: `<Error><Code>${code}</Code><Message>secret words</Message></Error>` };
    const refused = await list();
    t.match(refused, wanted);
    t.notMatch(refused.text, /p-0|secret words/);
  }
  t.ok(front.log.some(({ cause }) => cause === 'upstreams.two answered ListBuckets with 500 InternalError'));
});

t.test(
  'a store that takes any key for a part: only what this process saw begin goes on from a list',
  async (t) => {
    const upload = (id: string): string =>
      `<Upload><Key>a</Key><UploadId>${id}</UploadId><Initiated>2026-01-02T03:04:05.000Z</Initiated></Upload>`;
    const store = await httpStore(t, (request, response) => {
      if (request.method === 'POST')
        response.end(
          '<InitiateMultipartUploadResult><UploadId>seen</UploadId></InitiateMultipartUploadResult>',
        );
      else if (request.method === 'GET')
        response.end(
          `<ListMultipartUploadsResult><NextKeyMarker>a</NextKeyMarker><NextUploadIdMarker>later</NextUploadIdMarker>${upload('seen')}${upload('foreign')}</ListMultipartUploadsResult>`,
        );
      else request.resume().once('end', () => response.setHeader('etag', '"e"').end());
    });
    const settings = { ...store, provider: 'seaweedfs' } as const;
    const [{ port }, other] = [await startWire(t, settings), await startWire(t, settings)];
    const idsIn = (text: string): string[] =>
      [...text.matchAll(/<UploadId>([^<]+)</g)].map(([, id = '']) => id);
    const part = (at: number, uploadId: string): Promise<string> =>
      exchangeOf(
        t,
        at,
        [`PUT /secret/a?partNumber=1&uploadId=${uploadId} HTTP/1.1`, 'Content-Length: 4'],
        'part',
      );
    const [begun = ''] = idsIn(
      await exchangeOf(t, port, ['POST /secret/a?uploads HTTP/1.1', 'Content-Length: 0']),
    );
    const list = await exchangeOf(t, port, ['GET /secret?uploads HTTP/1.1']);
    t.same(idsIn(list), [begun, 'foreign']);
    t.match(list, '<NextUploadIdMarker>later</NextUploadIdMarker>', 'a marker is no id to go on with');
    t.match(await part(port, begun), /^HTTP\/1\.1 200 /);
    t.match(await part(port, 'foreign'), /^HTTP\/1\.1 404 [\s\S]*this process has not seen its start/);

    t.same(idsIn(await exchangeOf(t, other.port, ['GET /secret?uploads HTTP/1.1'])), ['seen', 'foreign']);
    t.match(await part(other.port, begun), /^HTTP\/1\.1 200 /);
    const after = await exchangeOf(t, other.port, ['GET /secret?uploads HTTP/1.1']);
    t.same(idsIn(after), [begun, 'foreign'], 'it saw the upload go on');
  },
);
