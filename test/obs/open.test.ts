import type { IncomingHttpHeaders } from 'node:http';
import t, { type Test } from 'tap';
import type { Permissions } from '../../src/clients/permissions.ts';
import { clientWith, type Front, type Stub, startFront, startStub } from '../adversary/support.ts';
import { type Answer, type Asked, type Lines, send, signedLines } from './request.ts';

/**
 * What the signature of OBS leaves open: anybody on the way could change it. Each row is a signed request and another one
 * with the same signature. The proxy takes both, and both are judged by the permissions and the rules.
 */
interface Open {
  readonly what: string;
  readonly signed: Asked;
  /** The request line and the head as they arrive. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** What comes of the changed one where the client may do what it now says, or nothing where it may not. */
  readonly becomes: 'sent' | 'AccessDenied' | 'InvalidRequest' | 'NotImplemented';
  /** What the store must see of it. */
  readonly store?: (seen: { readonly url: string; readonly headers: IncomingHttpHeaders }) => boolean;
}

const KEY = 'x-amz-server-side-encryption-customer-key';
const encrypted: NonNullable<Open['store']> = ({ headers }) => headers[KEY] !== undefined;
const GET: Asked = { method: 'GET', path: '/secret/open/k' };
const PUT: Asked = { method: 'PUT', path: '/secret/open/k', body: 'body' };
const LIST: Asked = { method: 'GET', path: '/secret?prefix=open/', resource: '/secret' };
const HIDDEN: Asked = { method: 'GET', path: '/secret/hidden/k' };
const OLD = 'Thu, 01 Jan 2026 00:00:00 GMT';

const ROWS: readonly Open[] = [
  {
    what: 'Range',
    signed: GET,
    headers: { range: 'bytes=0-3' },
    becomes: 'sent',
    store: (seen) => encrypted(seen) && seen.headers.range === 'bytes=0-3',
  },
  {
    what: 'Range of another object',
    signed: HIDDEN,
    headers: { range: 'bytes=0-3' },
    becomes: 'AccessDenied',
  },
  { what: 'conditions', signed: PUT, headers: { 'if-none-match': '*' }, becomes: 'sent', store: encrypted },
  {
    what: 'Content-Encoding',
    signed: PUT,
    headers: { 'content-encoding': 'gzip' },
    becomes: 'sent',
    store: encrypted,
  },
  {
    what: 'Cache-Control',
    signed: PUT,
    headers: { 'cache-control': 'no-store' },
    becomes: 'sent',
    store: encrypted,
  },
  { what: 'the body, without a Content-MD5', signed: PUT, body: 'BODY', becomes: 'sent', store: encrypted },
  {
    what: 'its length',
    signed: PUT,
    headers: { 'content-length': '2' },
    body: 'bo',
    becomes: 'sent',
    store: encrypted,
  },
  { what: 'User-Agent', signed: GET, headers: { 'user-agent': 'x' }, becomes: 'sent', store: encrypted },
  {
    what: 'headers that nobody knows',
    signed: PUT,
    headers: { 'x-other': 'x' },
    becomes: 'sent',
    store: (seen) => encrypted(seen) && seen.headers['x-other'] === undefined,
  },
  { what: 'headers of S3', signed: PUT, headers: { 'x-amz-acl': 'public-read' }, becomes: 'InvalidRequest' },
  {
    what: 'a copy source of S3',
    signed: PUT,
    headers: { 'x-amz-copy-source': '/plain/hidden' },
    becomes: 'InvalidRequest',
  },
  { what: 'a key of S3', signed: PUT, headers: { [KEY]: 'a' }, becomes: 'InvalidRequest' },
  {
    what: 'max-keys',
    signed: LIST,
    path: '/secret?prefix=open/&max-keys=5',
    becomes: 'sent',
    store: ({ url }) => url.includes('max-keys=5'),
  },
  { what: 'delimiter', signed: LIST, path: '/secret?prefix=open/&delimiter=/', becomes: 'sent' },
  { what: 'marker', signed: LIST, path: '/secret?prefix=open/&marker=open/a', becomes: 'sent' },
  { what: 'list-type', signed: LIST, path: '/secret?prefix=open/&list-type=2', becomes: 'sent' },
  { what: 'prefix', signed: LIST, path: '/secret?prefix=hidden/', becomes: 'AccessDenied' },
  { what: 'the loss of the prefix', signed: LIST, path: '/secret', becomes: 'AccessDenied' },
  {
    what: 'list-type and prefix',
    signed: LIST,
    path: '/secret?prefix=hidden/&list-type=2',
    becomes: 'AccessDenied',
  },
  {
    what: 'a sub-resource that nobody knows',
    signed: GET,
    path: '/secret/open/k?unheard',
    becomes: 'NotImplemented',
  },
  {
    what: 'a parameter that nobody knows',
    signed: GET,
    path: '/secret/open/k?unheard=of',
    becomes: 'sent',
    store: ({ url }) => !url.includes('unheard'),
  },
  {
    what: 'a parameter of another store',
    signed: GET,
    path: '/secret/open/k?x-amz-acl=public-read',
    becomes: 'NotImplemented',
  },
  {
    what: 'the Date beside x-obs-date',
    signed: { ...GET, headers: { 'x-obs-date': new Date().toUTCString() } },
    headers: { date: OLD },
    becomes: 'sent',
    store: encrypted,
  },
  {
    what: 'the path style of the same object',
    signed: GET,
    headers: { host: 'elsewhere.test' },
    becomes: 'sent',
    store: encrypted,
  },
];

const actions = new Set(['read', 'write', 'list'] as const);
const MAY: Permissions = { admin: false, grants: [{ bucket: 'secret', prefix: 'open/', actions }] };
const CLIENT = clientWith('obs-client', MAY);
const NOBODY = clientWith('obs-nobody', { admin: false, grants: [] });

async function stand(t: Test): Promise<{ front: Front; store: Stub }> {
  const store = await startStub(t, ({ method, headers }, response) => {
    const echo = Object.entries(headers).filter(([name]) => /customer-(?:algorithm|key-md5)$/.test(name));
    const type = method === 'GET' ? { 'content-type': 'application/xml' } : {};
    const list = '<ListBucketResult><Name>secret</Name></ListBucketResult>';
    response
      .writeHead(200, { etag: '"e"', ...Object.fromEntries(echo as [string, string][]), ...type })
      .end(method === 'GET' ? list : '');
  });
  return { store, front: await startFront(t, { port: store.port, clients: [CLIENT, NOBODY], obs: true }) };
}

/** Sends the changed request with the signature of the other. */
async function changed(
  t: Test,
  port: number,
  { signed, path, headers = {}, body }: Open,
  by = CLIENT,
): Promise<Answer> {
  const lines: Lines = signedLines(signed, by, `127.0.0.1:${port}`).filter(
    ([name]) => !Object.hasOwn(headers, name),
  );
  return await send(
    t,
    port,
    `${signed.method} ${path ?? signed.path}`,
    [...lines, ...Object.entries(headers)],
    body ?? signed.body,
  );
}

t.test('judges by permissions and rules whatever the signature leaves open', async (t) => {
  const { front, store } = await stand(t);
  for (const row of ROWS) {
    const before = store.requests.length;
    const { status, code, text } = await changed(t, front.port, row);
    const seen = store.requests.slice(before);
    if (row.becomes === 'sent') {
      t.ok(status === 200 || status === 206, `${row.what}: ${text.slice(0, 400)}`);
      t.equal(seen.length, 1, row.what);
      const [{ url = '', headers } = { headers: {} }] = seen;
      t.ok(row.store?.({ url, headers }) ?? true, `${row.what}: ${url} ${JSON.stringify(headers)}`);
    } else {
      t.equal(code, row.becomes, row.what);
      t.equal(seen.length, 0, `${row.what}: no store hears of it`);
    }
    t.equal(
      (await changed(t, front.port, row, NOBODY)).status >= 400,
      true,
      `${row.what}, by a client without a grant`,
    );
    t.equal(store.requests.length, before + seen.length);
  }
});

t.test('takes the date that was signed for the time', async (t) => {
  const { front } = await stand(t);
  const stale: Asked = { ...GET, headers: { 'x-obs-date': OLD } };
  t.match(await changed(t, front.port, { what: '', signed: stale, becomes: 'sent' }), {
    code: 'RequestTimeTooSkewed',
    status: 403,
  });
});
