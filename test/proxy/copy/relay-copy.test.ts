import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { PROVIDERS, type Provider } from '../../../src/s3/providers.ts';
import { COPY_LIMITS, type CopyLimits } from '../../../src/snapshot/copy-limits.ts';
import { ask, type Front, SSEC_KEY, SSEC_PREFIX, startFront } from '../../adversary/support.ts';
import { eventually, httpStore, MIB, RawClient, settled } from '../../e2e/wire.ts';
import { testSsecKey } from '../../support/snapshot.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** What a store says to one kind of request, by its name. */
type Manner = Readonly<
  Partial<Record<'source' | 'tags' | 'put' | 'tag' | 'begin' | 'part' | 'end' | 'abort' | 'head', Handler>>
>;

interface Came {
  readonly what: string;
  readonly request: IncomingMessage;
  /** Of the body, so far. */
  bytes: number;
  whole: boolean;
  cut: boolean;
}

interface Stand extends Front {
  readonly came: readonly Came[];
  readonly kinds: () => string;
}

const BODY = Buffer.alloc(200_000, 'the source ');

const USUAL: Required<Manner> = {
  source: (request, response) => {
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
    const span = first === undefined ? BODY : BODY.subarray(Number(first), Number(last) + 1);
    const range = first === undefined ? {} : { 'content-range': `bytes ${first}-${last}/${BODY.length}` };
    const headers = { etag: '"source"', 'content-type': 'text/x-test', 'x-amz-meta-a': 'b', ...range };
    response
      .writeHead(first === undefined ? 200 : 206, { ...headers, 'content-length': span.length })
      .end(span);
  },
  tags: (_request, response) => fail(response, 404, 'NoSuchTagSet'),
  put: (_request, response) => response.writeHead(200, { etag: '"copy"', 'content-length': 0 }).end(),
  begin: (_request, response) =>
    response.end('<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>'),
  part: (_request, response) => response.writeHead(200, { etag: '"part"', 'content-length': 0 }).end(),
  end: (_request, response) =>
    response.end('<CompleteMultipartUploadResult><ETag/></CompleteMultipartUploadResult>'),
  tag: (_request, response) => response.end(),
  abort: (_request, response) => response.writeHead(204).end(),
  head: (_request, response) =>
    response.writeHead(200, { etag: '"whole-1"', 'content-length': BODY.length }).end(),
};

function fail(response: ServerResponse, status: number, code: string): void {
  const xml = `<Error><Code>${code}</Code><Message>says the store</Message></Error>`;
  response.writeHead(status, { 'content-length': xml.length }).end(xml);
}

function kindOf({ method, url = '' }: IncomingMessage): keyof Manner {
  if (method === 'GET') return url.includes('tagging') ? 'tags' : 'source';
  if (method === 'PUT' && url.includes('tagging')) return 'tag';
  if (method === 'PUT') return url.includes('partNumber') ? 'part' : 'put';
  if (method === 'POST') return url.includes('uploads') ? 'begin' : 'end';
  return method === 'HEAD' ? 'head' : 'abort';
}

const OPEN_KEY = testSsecKey('of the client');
const RULES = [
  { bucket: 'secret', encrypt: [SSEC_KEY] },
  { bucket: 'passed', encrypt: [SSEC_KEY], clientHeaders: 'pass' },
  { bucket: 'plain', encrypt: 'off' },
] as const;

async function standOf(
  t: Test,
  manner: Manner,
  {
    provider = PROVIDERS.ceph,
    probe = 200,
    ...limits
  }: Partial<CopyLimits> & {
    readonly provider?: Provider;
    /** How a probe is answered that is read without its key; 400 is that of a store that encrypts. */
    readonly probe?: number;
  } = {},
): Promise<Stand> {
  const came: Came[] = [];
  const { port } = await httpStore(t, (request, response) => {
    // A probe after a failed proof is none of the copy's requests.
    if (request.url?.includes('.ssec-proxy-probe') === true) {
      const status = request.method === 'HEAD' ? probe : 200;
      request.resume().once('end', () => response.writeHead(status).end());
      return;
    }
    const what = kindOf(request);
    const one: Came = { what, request, bytes: 0, whole: false, cut: false };
    came.push(one);
    const answer = manner[what] ?? USUAL[what];
    request.on('error', () => undefined).once('close', () => (one.cut = !request.complete));
    if (answer.length > 2) {
      answer(request, response);
      return;
    }
    request.on('data', (chunk: Buffer) => (one.bytes += chunk.length));
    request.once('end', () => {
      one.whole = true;
      answer(request, response);
    });
  });
  const front = await startFront(t, {
    port,
    provider,
    rules: RULES,
    copies: { ...COPY_LIMITS, ...limits },
    // Nothing in here may end by being idle.
    upstream: {
      timeouts: { connect: 60_000, headers: 60_000, idle: 60_000, document: 60_000, keepAlive: 1000 },
    },
  });
  return { ...front, came, kinds: () => came.map(({ what }) => what).join(' ') };
}

const SOURCE = { 'x-amz-copy-source': '/plain/source' };
const COPY = { method: 'PUT', target: '/secret/copy', headers: SOURCE };
const PARTS = { largestPut: 100_000, partSize: 100_000 };

t.test('a copy is a GET, its tags, and a PUT with what both said', async (t) => {
  const stand = await standOf(t, {});
  const headers = {
    ...SOURCE,
    'x-amz-acl': 'private',
    'x-amz-storage-class': 'STANDARD_IA',
    'x-amz-object-lock-mode': 'GOVERNANCE',
    'x-amz-website-redirect-location': '/there',
    'x-amz-expected-bucket-owner': '1',
    'x-amz-source-expected-bucket-owner': '2',
    'x-amz-meta-from-the-request': 'no',
    'x-amz-server-side-encryption': 'AES256',
    'x-amz-checksum-algorithm': 'CRC32',
    'if-none-match': '*',
    'last-modified': 'an echo',
  };
  const got = await ask(t, stand.port, { ...COPY, headers });
  t.match(got, { status: 200, body: /<CopyObjectResult .*<ETag>&quot;copy&quot;<\/ETag>/ });
  t.equal(stand.kinds(), 'source tags put');
  const [source, tags, put] = stand.came;
  for (const one of [source, tags]) {
    t.match(one?.request.headers, {
      'x-amz-expected-bucket-owner': '2',
      authorization: /^AWS4-HMAC-SHA256 /,
    });
    t.equal(one?.request.headers['if-none-match'], undefined);
    t.equal(one?.request.headers[`${SSEC_PREFIX}key`], undefined, 'the source is plain');
  }
  t.match(put, { bytes: BODY.length, whole: true });
  t.match(put?.request.headers, {
    'content-type': 'text/x-test',
    'x-amz-meta-a': 'b',
    'x-amz-acl': 'private',
    'x-amz-storage-class': 'STANDARD_IA',
    'x-amz-object-lock-mode': 'GOVERNANCE',
    'x-amz-website-redirect-location': '/there',
    'x-amz-expected-bucket-owner': '1',
    'if-none-match': '*',
    'content-length': String(BODY.length),
    [`${SSEC_PREFIX}key`]: SSEC_KEY.base64,
  });
  const names = Object.keys(put?.request.headers ?? {});
  t.same(
    names.filter((name) =>
      /copy-source|directive|from-the-request|encryption$|checksum|last-modified|source-expected/.test(name),
    ),
    [],
  );
  t.match(stand.log.at(-1), {
    op: 'CopyObject',
    status: 200,
    objectKey: 'copy',
    attempts: 3,
    code: undefined,
  });
});

t.test("a client's own keys go with the end that they are for", async (t) => {
  const stand = await standOf(t, {});
  const copySource = `x-amz-copy-source-server-side-encryption-customer-`;
  const own = (prefix: string, ssecKey: typeof OPEN_KEY): Record<string, string> => ({
    [`${prefix}algorithm`]: 'AES256',
    [`${prefix}key`]: ssecKey.base64,
    [`${prefix}key-md5`]: ssecKey.md5,
  });
  const theirs = { 'x-amz-copy-source': '/passed/source', ...own(copySource, OPEN_KEY) };
  t.match(await ask(t, stand.port, { ...COPY, headers: theirs }), { status: 200 });
  const [source, , put] = stand.came;
  t.match(source?.request.headers, own(SSEC_PREFIX, OPEN_KEY));
  t.match(put?.request.headers, own(SSEC_PREFIX, SSEC_KEY));
  t.notOk(Object.keys(source?.request.headers ?? {}).some((name) => name.startsWith('x-amz-copy-source')));
  const target = { ...COPY, target: '/passed/copy', headers: { ...SOURCE, ...own(SSEC_PREFIX, OPEN_KEY) } };
  t.match(await ask(t, stand.port, target), { status: 200 });
  t.match(stand.came.at(-1)?.request.headers, own(SSEC_PREFIX, OPEN_KEY));
});

t.test('while a copy takes long its client gets white space, and then the outcome', async (t) => {
  for (const [end, outcome] of [
    [USUAL.put, /<CopyObjectResult [\s\S]*<\/CopyObjectResult>/],
    [
      (_: unknown, response: ServerResponse) => fail(response, 403, 'AccessDenied'),
      /<Error><Code>AccessDenied</,
    ],
    [(_: unknown, response: ServerResponse) => response.destroy(), /<Error><Code>ServiceUnavailable</],
    [
      (_: unknown, response: ServerResponse) => {
        response.removeHeader(`${SSEC_PREFIX}key-md5`);
        response.writeHead(200, { 'content-length': 0 }).end();
      },
      /<Error><Code>InternalError</,
    ],
  ] as const) {
    let finish: (() => void) | undefined;
    const put: Handler = (request, response) => {
      finish = () => end(request, response);
    };
    const stand = await standOf(t, { put }, { silence: 20, every: 10 });
    const client = new RawClient(t, stand.port).send([
      'PUT /secret/copy HTTP/1.1',
      'x-amz-copy-source: /plain/source',
      'content-length: 0',
    ]);
    const early = await client.until(/encoding="UTF-8"\?>\n[\s\S]*\n\r\n1\r\n\n\r\n1\r\n\n\r\n/);
    t.match(
      early,
      /^HTTP\/1\.1 200 OK\r\n[\s\S]*content-type: application\/xml\r\n[\s\S]*<\?xml version="1\.0" encoding="UTF-8"\?>\n/i,
    );
    t.notMatch(early, /<[CE]/);
    // White space goes out while the source is read, too.
    await eventually(() => finish !== undefined);
    finish?.();
    const late = await client.until(/\r\n0\r\n\r\n$/);
    t.match(late, outcome);
    t.equal(late.split('<?xml').length, 2, 'one declaration');
    const code = /<Code>(\w+)/.exec(late)?.[1];
    await eventually(() => stand.log.some(({ op }) => op === 'CopyObject'));
    t.match(
      stand.log.find(({ op }) => op === 'CopyObject'),
      { status: 200, ...(code ? { code } : {}) },
    );
    client.socket.destroy();
  }
});

t.test('a source that breaks off, or is not what its checksum says, is never stored', async (t) => {
  let begun = (): boolean => false;
  const sources: [name: string, Handler][] = [
    [
      'breaks off',
      async (_request, response) => {
        response.writeHead(200, { 'content-length': BODY.length });
        response.write(BODY.subarray(0, 100_000));
        await eventually(() => begun());
        response.destroy();
      },
    ],
    [
      'has another checksum',
      (_request, response) =>
        response
          .writeHead(200, { 'content-length': BODY.length, 'x-amz-checksum-crc32': 'AAAAAA==' })
          .end(BODY),
    ],
  ];
  for (const [name, source] of sources) {
    const stand = await standOf(t, { source });
    const put = () => stand.came.find(({ what }) => what === 'put');
    begun = () => put() !== undefined;
    t.match(await ask(t, stand.port, COPY), { status: 503, code: 'ServiceUnavailable' }, name);
    await eventually(() => put()?.cut === true);
    t.match(put(), { whole: false, cut: true }, name);
  }
});

t.test("a store that compares gets the checksum, and its word of it is not the client's fault", async (t) => {
  const source: Handler = (_request, response) =>
    response.writeHead(200, { 'content-length': BODY.length, 'x-amz-checksum-crc32': 'AAAAAA==' }).end(BODY);
  const put: Handler = (_request, response) => fail(response, 400, 'BadDigest');
  const stand = await standOf(t, { source, put }, { provider: { ...PROVIDERS.aws, copiesSsec: [] } });
  t.match(await ask(t, stand.port, COPY), { status: 503, code: 'ServiceUnavailable' });
  t.match(stand.came.at(-1), { whole: true, request: { headers: { 'x-amz-checksum-crc32': 'AAAAAA==' } } });
});

t.test('what a store says of the source is told as of the copy', async (t) => {
  const sources: [Handler, status: number, code: string][] = [
    [(_, response) => response.writeHead(304).end(), 412, 'PreconditionFailed'],
    [(_, response) => fail(response, 412, 'PreconditionFailed'), 412, 'PreconditionFailed'],
    [(_, response) => fail(response, 404, 'NoSuchKey'), 404, 'NoSuchKey'],
    [(_, response) => fail(response, 405, 'MethodNotAllowed'), 400, 'InvalidRequest'],
    [(_, response) => fail(response, 403, 'InvalidObjectState'), 403, 'InvalidObjectState'],
    [(_, response) => fail(response, 403, 'SignatureDoesNotMatch'), 503, 'ServiceUnavailable'],
    [
      (_, response) => response.writeHead(307, { location: 'http://elsewhere/' }).end(),
      503,
      'ServiceUnavailable',
    ],
    [(_, response) => void response.write('of no length', () => response.end()), 500, 'InternalError'],
  ];
  for (const [source, status, code] of sources) {
    const stand = await standOf(t, { source });
    const got = await ask(t, stand.port, COPY);
    t.match(got, { status, code });
    t.notMatch(got.text, /elsewhere/);
    t.equal(stand.kinds(), 'source');
  }
});

t.test('a range that the store does not heed is not a part', async (t) => {
  const headers = { ...SOURCE, 'x-amz-copy-source-range': 'bytes=5-9' };
  const part = {
    method: 'PUT',
    target: '/plain/copy?partNumber=1&uploadId=u',
    headers: { ...headers, 'x-amz-copy-source': '/secret/source' },
  };
  const whole: Handler = (_request, response) =>
    response.writeHead(200, { 'content-length': BODY.length }).end(BODY);
  const unheeding = await standOf(t, { source: whole });
  t.match(await ask(t, unheeding.port, part), { status: 403 }, 'and nothing goes into the open');
  const sealed = { ...part, target: '/secret/copy?partNumber=1&uploadId=u', headers };
  const rules = {
    rules: [{ bucket: 'secret', encrypt: [SSEC_KEY], foreignUploads: 'allow' }, RULES[2]],
  } as const;
  const { came, port } = await foreign(t, rules, whole);
  t.match(await ask(t, port, sealed), { status: 500, code: 'InternalError' });
  t.same(came, ['source']);
});

async function foreign(
  t: Test,
  rules: Pick<Parameters<typeof startFront>[1], 'rules'>,
  source: Handler,
): Promise<{ port: number; came: string[] }> {
  const came: string[] = [];
  const { port } = await httpStore(t, (request, response) => {
    came.push(kindOf(request));
    request.resume().once('end', () => source(request, response));
  });
  return { ...(await startFront(t, { port, provider: PROVIDERS.ceph, ...rules })), came };
}

t.test('a client that leaves ends both requests', async (t) => {
  const source: Handler = (_request, response) => {
    response.writeHead(200, { 'content-length': BODY.length }).write(BODY.subarray(0, 100_000));
  };
  const stand = await standOf(t, { source });
  const client = new RawClient(t, stand.port).send([
    'PUT /secret/copy HTTP/1.1',
    'x-amz-copy-source: /plain/source',
    'content-length: 0',
  ]);
  await eventually(() => (stand.came[2]?.bytes ?? 0) > 0);
  client.socket.destroy();
  await eventually(() => stand.came[2]?.cut === true);
  t.match(stand.came[2], { what: 'put', cut: true });
  await eventually(() => stand.came[0]?.request.socket.destroyed === true);
  t.equal(stand.came[0]?.request.socket.destroyed, true);
  await eventually(() => stand.log.some(({ op }) => op === 'CopyObject'));
  t.match(stand.log.at(-1), { code: 'ClientLeft' });
});

t.test('a slow destination slows the source down', async (t) => {
  const large = 128 * MIB;
  let sent = 0;
  const source: Handler = (_request, response) => {
    response.writeHead(200, { 'content-length': large });
    const chunk = Buffer.alloc(MIB);
    const more = (): void => {
      while (sent < large && response.write(chunk)) sent += chunk.length;
      if (sent < large) response.once('drain', more);
    };
    more();
  };
  // Three parameters: its body is not read.
  const put = ((_request: unknown, _response: unknown, _unread: unknown) => {}) as Handler;
  const stand = await standOf(t, { source, put });
  const client = new RawClient(t, stand.port).send([
    'PUT /secret/copy HTTP/1.1',
    'x-amz-copy-source: /plain/source',
    'content-length: 0',
  ]);
  await eventually(() => stand.came.length === 3);
  t.ok((await settled(() => sent)) < large / 2, `${sent} bytes`);
  client.socket.destroy();
});

t.test('a copy without a proof of encryption is an error, and the bucket takes no more', async (t) => {
  const put: Handler = (_request, response) => {
    response.removeHeader(`${SSEC_PREFIX}algorithm`);
    response.writeHead(200, { 'content-length': 0 }).end();
  };
  const stand = await standOf(t, { put });
  t.match(await ask(t, stand.port, COPY), { status: 500, code: 'InternalError' });
  t.match(await ask(t, stand.port, COPY), { status: 503, code: 'ServiceUnavailable' });
  t.equal(stand.kinds(), 'source tags put');
});

t.test('a copy that may be read is not written while writes of its kind are closed', async (t) => {
  const put: Handler = (_request, response) => {
    response.removeHeader(`${SSEC_PREFIX}algorithm`);
    response.writeHead(200, { 'content-length': 0 }).end();
  };
  const stand = await standOf(t, { put }, { probe: 400 });
  t.match(await ask(t, stand.port, COPY), { status: 500, code: 'InternalError' });
  await eventually(() => stand.log.some(({ kind }) => kind === 'proven'));
  t.match(await ask(t, stand.port, COPY), { status: 503, code: 'ServiceUnavailable' });
  t.equal(stand.kinds(), 'source tags put source tags');
});

t.test('an upload of parts that fails is aborted, whatever fails', async (t) => {
  const changed: Handler = (request, response) => {
    if (request.headers['if-match'] === '"source"') fail(response, 412, 'PreconditionFailed');
    else USUAL.source(request, response);
  };
  const unsealed: Handler = (_request, response) => {
    response.removeHeader(`${SSEC_PREFIX}algorithm`);
    response.writeHead(200, { etag: '"part"', 'content-length': 0 }).end();
  };
  const tries: [Manner, status: number, code: string][] = [
    [{ source: changed }, 503, 'ServiceUnavailable'],
    [{ part: (_, response) => fail(response, 403, 'AccessDenied') }, 403, 'AccessDenied'],
    [{ part: unsealed }, 500, 'InternalError'],
    [{ end: (_, response) => fail(response, 200, 'InternalError') }, 500, 'InternalError'],
    [{ end: (_, response) => response.end('<Nonsense/>') }, 500, 'InternalError'],
  ];
  for (const [manner, status, code] of tries) {
    const stand = await standOf(t, manner, PARTS);
    t.match(await ask(t, stand.port, COPY), { status, code }, JSON.stringify(Object.keys(manner)));
    t.match(stand.kinds(), /^source tags begin .*abort$/);
  }
  const fine = await standOf(t, {}, PARTS);
  t.match(await ask(t, fine.port, COPY), { status: 200, body: /whole-1/ });
  t.equal(fine.kinds(), 'source tags begin source part source part end head');
  for (const { what, request } of fine.came.filter(({ what }) => what === 'part'))
    t.equal(request.headers[`${SSEC_PREFIX}key`], SSEC_KEY.base64, what);
});

t.test('a client that leaves while parts are written leaves no upload behind', async (t) => {
  let answer: (() => void) | undefined;
  const part: Handler = (request, response) => {
    answer = () => USUAL.part(request, response);
  };
  const stand = await standOf(t, { part }, PARTS);
  const client = new RawClient(t, stand.port).send([
    'PUT /secret/copy HTTP/1.1',
    'x-amz-copy-source: /plain/source',
    'content-length: 0',
  ]);
  await eventually(() => stand.came.some(({ what, whole }) => what === 'part' && whole));
  client.socket.destroy();
  // What is written is judged, whoever has left; what would come next does not begin.
  await pause(100);
  // Now the proxy has read that the client left, however busy this process is.
  await turn();
  await turn();
  answer?.();
  await eventually(() => stand.kinds().endsWith('abort'));
  t.match(stand.kinds(), /abort$/);
});

t.test('nor does one that leaves while the store does not answer a part', async (t) => {
  const stand = await standOf(t, { part: () => {} }, PARTS);
  const client = new RawClient(t, stand.port).send([
    'PUT /secret/copy HTTP/1.1',
    'x-amz-copy-source: /plain/source',
    'content-length: 0',
  ]);
  await eventually(() => stand.came.some(({ what, whole }) => what === 'part' && whole));
  client.socket.destroy();
  await eventually(() => stand.kinds().endsWith('abort'));
  t.match(stand.kinds(), /part abort$/);
});

t.test('tags that a store forgets of an upload are put there at its end', async (t) => {
  const tags: Handler = (_request, response) =>
    response.end('<Tagging><TagSet><Tag><Key>a b</Key><Value>&amp;</Value></Tag></TagSet></Tagging>');
  const counting: Handler = (_request, response) =>
    response.writeHead(200, { etag: '"whole-1"', 'x-amz-tagging-count': '1', 'content-length': 1 }).end();
  const forgetful = await standOf(t, { tags }, PARTS);
  t.match(await ask(t, forgetful.port, COPY), { status: 200 });
  t.match(forgetful.kinds(), /^source tags begin .* end head tag$/);
  t.match(forgetful.came.find(({ what }) => what === 'begin')?.request.headers, {
    'x-amz-tagging': 'a%20b=%26',
  });
  const keeping = await standOf(t, { tags, head: counting }, PARTS);
  t.match(await ask(t, keeping.port, COPY), { status: 200 });
  t.match(keeping.kinds(), / end head$/);
  const unable = { ...PROVIDERS.ceph, subresourceWrites: [] };
  const without = await standOf(t, { tags }, { ...PARTS, provider: unable });
  t.match(await ask(t, without.port, COPY), { status: 200 });
  t.match(without.kinds(), / end head$/);
});

t.test('a write that is refused lets go of its source', async (t) => {
  const source: Handler = (_request, response) => {
    response.writeHead(200, { 'content-length': BODY.length }).write(BODY.subarray(0, 100_000));
  };
  const put = ((_request: unknown, response: ServerResponse, _unread: unknown) =>
    fail(response, 403, 'AccessDenied')) as unknown as Handler;
  const stand = await standOf(t, { source, put });
  t.match(await ask(t, stand.port, COPY), { status: 403, code: 'AccessDenied' });
  await eventually(() => stand.came[0]?.request.socket.destroyed === true);
  t.equal(stand.came[0]?.request.socket.destroyed, true);
});

t.test('what a source says of itself is judged like what a client says', async (t) => {
  const source: Handler = (_request, response) =>
    response
      .writeHead(200, { etag: '"source"', 'x-amz-meta-a': 'a\tb', 'content-length': BODY.length })
      .end(BODY);
  const known = await standOf(t, { source });
  t.match(await ask(t, known.port, COPY), { status: 200 });
  t.equal(known.came.at(-1)?.request.headers['x-amz-meta-a'], 'a\tb');
  const unseen = await standOf(t, { source }, { provider: { ...PROVIDERS.ceph, canonicalForm: 'unseen' } });
  t.match(await ask(t, unseen.port, COPY), { status: 400, code: 'InvalidArgument' });
  t.equal(unseen.kinds(), 'source tags');
});

t.test('tags of a source that are not UTF-8 are not copied as something else', async (t) => {
  const tags: Handler = (_request, response) =>
    response.end(
      Buffer.from(
        '<Tagging><TagSet><Tag><Key>a</Key><Value>\u00E0</Value></Tag></TagSet></Tagging>',
        'latin1',
      ),
    );
  const stand = await standOf(t, { tags });
  t.match(await ask(t, stand.port, COPY), { status: 500, code: 'InternalError' });
  t.equal(stand.kinds(), 'source tags');
});

t.test('what a copy writes is done when the store says so as S3 does, and by nothing else', async (t) => {
  const wrong: Readonly<Record<string, Handler>> = {
    'another status': (_request, response) => response.writeHead(202, { 'content-length': 0 }).end(),
    'no content': (_request, response) => response.writeHead(204).end(),
    'no ETag': (_request, response) => {
      response.removeHeader('etag');
      response.writeHead(200, { 'content-length': 0 }).end();
    },
    'a page': (_request, response) => response.end('<html/>'),
  };
  for (const [what, answer] of Object.entries(wrong)) {
    for (const manner of [{ put: answer }, { part: answer }]) {
      const parts = 'part' in manner ? { largestPut: 100_000, partSize: 100_000 } : {};
      const front = await standOf(t, manner, parts);
      const headers = { 'x-amz-copy-source': '/secret/source' };
      const got = await ask(t, front.port, { method: 'PUT', target: '/secret/copy', headers });
      t.match(got, { status: 503, code: 'ServiceUnavailable' }, `${Object.keys(manner)[0]}: ${what}`);
      t.match(front.log.at(-1), { cause: /^the store answered (PutObject|UploadPart) with / });
    }
  }
});
