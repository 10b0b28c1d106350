import { once } from 'node:events';
import { Readable } from 'node:stream';
import t from 'tap';
import { PROVIDERS } from '../../src/s3/providers.ts';
import type { StoreClient } from '../../src/store-client/client.ts';
import { type Listed, listAll } from '../../src/store-client/list.ts';
import { openVersion } from '../../src/store-client/open.ts';
import { httpStore, socketStore } from '../e2e/wire.ts';
import { auditKey, clientOf, startAuditStand } from '../support/audit-stand.ts';

async function listOf(
  client: StoreClient,
  bucket: string,
  prefix = '',
): Promise<{ of: string; lines: Listed[] }> {
  const { of, entries } = await listAll(client, { bucket, prefix });
  const lines: Listed[] = [];
  for await (const entry of entries) lines.push(entry);
  return { of, lines };
}

const text = async (stream: Readable): Promise<string> => (await stream.toArray()).join('');
const xmlError = (code: string, message: string): string =>
  `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;

t.test('sends bytes and streams, signed, with queries and object keys as they are', async (t) => {
  const { client, ask } = await startAuditStand(t);
  const objectKey = 'a//b/../ä +%41&?=#';
  const body = Readable.from([Buffer.from('str'), Buffer.from('eam')]);
  t.equal(
    await ask({ method: 'PUT', bucket: 'open', objectKey, body, headers: { 'content-length': '6' } }),
    200,
  );
  const read = await client.send({
    method: 'GET',
    bucket: 'open',
    objectKey,
    query: { 'response-content-type': 'a/b+c d' },
  });
  t.equal(read.headers['content-type'], 'a/b+c d');
  t.equal(await text(read), 'stream');
  t.equal(await ask({ method: 'PUT', bucket: 'open', objectKey, body: Buffer.from('bytes') }), 200);
  t.equal(await text(await client.send({ method: 'GET', bucket: 'open', objectKey })), 'bytes');
  t.equal(await ask({ method: 'GET' }), 200, 'the service itself');
});

t.test('asks again while the store is busy, and hands on the last answer', async (t) => {
  const statuses = [503, 500, 429, 200];
  const store = await httpStore(
    t,
    (_request, response) => void response.writeHead(statuses.shift() ?? 503).end('x'),
  );
  const client = clientOf(store.port);
  t.teardown(() => client.close());
  t.equal((await client.send({ method: 'GET', bucket: 'vault' })).statusCode, 200);
  t.equal(store.requests.length, 4);
  t.equal((await client.send({ method: 'GET', bucket: 'vault' })).statusCode, 503);
  t.equal(store.requests.length, 10, 'six tries are all');
  await client.send({
    method: 'PUT',
    bucket: 'vault',
    objectKey: 'k',
    body: Readable.from([]),
    headers: { 'content-length': '0' },
  });
  t.equal(store.requests.length, 11, 'a stream can not be sent twice');
});

t.test('a store that is silent, breaks off or is not there ends in an error of its kind', async (t) => {
  const mute = await socketStore(t, () => undefined);
  const breaks = await socketStore(t, (socket) => socket.destroy());
  for (const [port, fault] of [
    [mute.port, 'silent'],
    [breaks.port, 'reset'],
    [1, 'outage'],
  ] as const) {
    const soon = port === mute.port ? 40 : 60_000;
    const timeouts = { connect: 60_000, headers: soon, idle: soon, document: 60_000, keepAlive: 100 };
    const client = clientOf(port, { upstream: { timeouts } });
    const error: unknown = await client.send({ method: 'GET' }).catch((caught: unknown) => caught);
    t.match(error, { name: 'UpstreamError', fault });
    if (port === 1) t.match(error, { message: /ECONNREFUSED/ });
    client.close();
  }
  t.equal(breaks.sockets.length, 6);
});

t.test('ends at once when its signal says so, in a request and in a wait', async (t) => {
  const mute = await socketStore(t, () => undefined);
  const busy = await httpStore(t, (_request, response) => void response.writeHead(503).end());
  for (const port of [mute.port, busy.port]) {
    const controller = new AbortController();
    const client = clientOf(port, { signal: controller.signal, firstWait: 60_000 });
    const sent = client.send({ method: 'GET' });
    if (port === busy.port) await once(busy.server, 'request');
    setTimeout(() => controller.abort(new Error('enough')), 20);
    await t.rejects(sent, { message: /enough|aborted/ });
    client.close();
  }
});

t.test('lists every version over as many pages as there are, whatever the object keys hold', async (t) => {
  const { client, put, ask } = await startAuditStand(t);
  const names = [
    'a b',
    'a+b',
    'a%20b',
    'ä/<&>',
    'x\u0001y',
    ...Array.from({ length: 1150 }, (_, n) => `many/${n}`),
  ];
  for (let from = 0; from < names.length; from += 50)
    await Promise.all(names.slice(from, from + 50).map((name) => put('vault', name, 'x')));
  await put('vault', 'many/7', 'second');
  await ask({ method: 'DELETE', bucket: 'vault', objectKey: 'many/8' });
  const { of, lines } = await listOf(client, 'vault');
  t.equal(of, 'versions');
  t.equal(lines.length, names.length + 2);
  t.same([...new Set(lines.map(({ objectKey }) => objectKey))].toSorted(), names.toSorted());
  t.equal(lines.filter(({ kind }) => kind === 'marker').length, 1);
  t.equal(
    (await listOf(client, 'vault', 'many/7')).lines.length,
    112,
    'two versions and what begins with it',
  );
});

t.test('lists objects where the store cannot list versions', async (t) => {
  const page = (name: string, more: string) =>
    `<ListBucketResult><IsTruncated>${more !== ''}</IsTruncated>${more}<Contents><Key>${name}</Key><Size>3</Size></Contents></ListBucketResult>`;
  const refusals = [
    [501, xmlError('NotImplemented', 'no')],
    [405, xmlError('MethodNotAllowed', 'no')],
    [200, page('x', '')],
  ] as const;
  for (const [status, refusal] of refusals) {
    const store = await httpStore(t, ({ url = '' }, response) => {
      if (url.includes('versions')) response.writeHead(status).end(refusal);
      else if (url.includes('continuation-token=on%2B')) response.end(page('b%20', ''));
      else response.end(page('a', '<NextContinuationToken>on+</NextContinuationToken>'));
    });
    const client = clientOf(store.port);
    const { of, lines } = await listOf(client, 'vault');
    t.equal(of, 'objects');
    t.match(lines, [{ objectKey: 'a', versionId: undefined, size: 3 }, { objectKey: 'b%20' }]);
    client.close();
  }
});

t.test('a missing permission to list versions is told, not got around', async (t) => {
  const store = await httpStore(
    t,
    (_request, response) => void response.writeHead(403).end(xmlError('AccessDenied', 'no')),
  );
  const client = clientOf(store.port);
  t.teardown(() => client.close());
  const error: unknown = await listAll(client, { bucket: 'vault', prefix: '' }).catch(
    (caught: unknown) => caught,
  );
  t.match(error, { name: 'StoreFailure', status: 403, code: 'AccessDenied' });
  t.equal(store.requests.length, 1);
});

t.test('a list that goes round in a circle, or is not a list, is an error', async (t) => {
  const rounds =
    '<ListVersionsResult><IsTruncated>true</IsTruncated><NextKeyMarker>a</NextKeyMarker></ListVersionsResult>';
  for (const body of [
    rounds,
    '<ListVersionsResult><IsTruncated>true</IsTruncated></ListVersionsResult>',
    '<ListVersionsResult><Version/></ListVersionsResult>',
    '<ListVersionsResult>',
    '<html></html>',
  ]) {
    const store = await httpStore(t, (_request, response) => void response.end(body));
    const client = clientOf(store.port);
    await t.rejects(listOf(client, 'vault'), { name: 'StoreFailure' }, body);
    client.close();
  }
});

t.test('takes a marker as the store means it: encoded or as it is', async (t) => {
  for (const [marker, name, asked] of [
    ['a%2Bb', 'a%2Bb', 'key-marker=a%2Bb'],
    ['a%zz', 'a%25zz', 'key-marker=a%25zz'],
    ['a%20b', 'a%2520b', 'key-marker=a%2520b'],
  ] as const) {
    const store = await httpStore(t, ({ url = '' }, response) => {
      const more = url.includes('key-marker')
        ? ''
        : `<IsTruncated>true</IsTruncated><NextKeyMarker>${marker}</NextKeyMarker>`;
      response.end(
        `<ListVersionsResult><EncodingType>url</EncodingType>${more}<Version><Key>${name}</Key></Version></ListVersionsResult>`,
      );
    });
    const client = clientOf(store.port);
    await listOf(client, 'vault');
    t.match(store.requests.at(-1)?.url, asked, marker);
    client.close();
  }
});

const NEW = auditKey('new');
const OLD = auditKey('old');
const SEALED = xmlError(
  'InvalidRequest',
  'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.',
);
const WRONG = xmlError(
  'AccessDenied',
  'Requests specifying Server Side Encryption with Customer provided keys must provide the correct secret key.',
);

t.test(
  'a read tells plain, sealed, absent and unreadable apart, and takes no refusal for another',
  async (t) => {
    const answers: Record<
      string,
      readonly [keyless: readonly [number, string], keyed: readonly [number, string], kind: string]
    > = {
      opens: [[400, SEALED], [206, 'x'], 'opens'],
      wrong: [[400, SEALED], [403, WRONG], 'sealed'],
      plain: [[206, 'x'], [500, ''], 'plain'],
      absent: [[404, xmlError('NoSuchKey', 'no')], [404, ''], 'absent'],
      denied: [[403, xmlError('AccessDenied', 'Access Denied')], [206, 'x'], 'unreadable'],
      token: [[400, xmlError('ExpiredToken', 'The provided token has expired.')], [206, 'x'], 'unreadable'],
      keyDenied: [[400, SEALED], [403, xmlError('AccessDenied', 'Access Denied')], 'unreadable'],
      mute: [[400, SEALED], [206, 'no echo'], 'unreadable'],
      broken: [[400, SEALED], [500, ''], 'unreadable'],
    };
    const store = await httpStore(t, ({ url = '', headers }, response) => {
      const [keyless, keyed] = answers[url.split('/')[2] ?? ''] ?? [];
      const [status, body] = (headers['x-amz-server-side-encryption-customer-key'] ? keyed : keyless) ?? [
        500,
        '',
      ];
      if (body === 'no echo') response.removeHeader('x-amz-server-side-encryption-customer-key-md5');
      response.writeHead(status).end(body);
    });
    const client = clientOf(store.port);
    t.teardown(() => client.close());
    for (const [objectKey, [, , kind]] of Object.entries(answers)) {
      const opening = await openVersion(
        { bucket: 'vault', objectKey, versionId: undefined },
        { client, provider: PROVIDERS.aws, ssecKeys: [NEW, OLD] },
      );
      t.equal(opening.kind, kind, objectKey);
    }
    t.ok(
      store.requests.every(({ method }) => method === 'GET'),
      'nothing but reads',
    );
    t.ok(store.requests.every(({ headers }) => headers.range === 'bytes=0-0'));
  },
);

t.test('what is kept in an archive is asked for by HEAD', async (t) => {
  const store = await httpStore(t, ({ method, headers }, response) => {
    const keyed = headers['x-amz-server-side-encryption-customer-key'] === OLD.base64;
    if (method === 'GET') response.writeHead(403).end(xmlError('InvalidObjectState', 'archived'));
    else
      response
        .writeHead(keyed ? 200 : headers['x-amz-server-side-encryption-customer-key'] ? 403 : 400)
        .end();
  });
  const client = clientOf(store.port);
  t.teardown(() => client.close());
  const opening = await openVersion(
    { bucket: 'vault', objectKey: 'k', versionId: 'v' },
    { client, provider: PROVIDERS.aws, ssecKeys: [NEW, OLD] },
  );
  t.match(opening, { kind: 'opens', ssecKey: { id: 'old' } });
  t.match(store.requests.at(-1)?.url, /versionId=v/);
});
