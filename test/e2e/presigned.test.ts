import https from 'node:https';
import { SignatureV4 } from '@smithy/signature-v4';
import t from 'tap';
import { Sha256 } from '../support/signers.ts';
import { headerSigned, presigned } from '../support/wire-requests.ts';
import {
  type BodyStand,
  CLIENT,
  hostOf,
  PUBLIC_HOST,
  REGION,
  send,
  signingAs,
  startBodyStand,
  TEMPORARY,
} from './body-stand.ts';

const BODY = 'what a link leads to';

interface Link {
  readonly method?: string;
  readonly path?: string;
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
  readonly expiresIn?: number;
  readonly signingDate?: Date;
  readonly host?: string;
  readonly credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
}

/** Path and query of a URL as the SDK's own signer makes it. */
async function linkOf({ ports }: BodyStand, link: Link): Promise<string> {
  const { method = 'GET', path = '/secret/k', query = {}, headers = {}, credentials = CLIENT } = link;
  const { expiresIn = 600, signingDate = new Date(), host = hostOf(ports.https) } = link;
  const signer = new SignatureV4({
    service: 's3',
    region: REGION,
    uriEscapePath: false,
    sha256: Sha256,
    credentials,
  });
  const request = {
    method,
    protocol: 'https:',
    hostname: host,
    path,
    query,
    headers: { host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', ...headers },
  };
  const signed = await signer.presign(request, {
    expiresIn,
    signingDate,
    unhoistableHeaders: new Set(['x-amz-meta-a']),
  });
  const pairs = Object.entries(signed.query ?? {}).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`,
  );
  return `${path}?${pairs.join('&')}`;
}

interface Got {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Follows a link as somebody does who knows nothing of S3. */
function follow(
  { ports, ca }: BodyStand,
  path: string,
  {
    method = 'GET',
    headers = {},
    body = '',
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Got> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: ports.https, ca, path, method, headers, agent: false };
    const request = https.request(options, (response) => {
      let text = '';
      response.setEncoding('latin1').on('data', (piece: string) => {
        text += piece;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
    });
    request.on('error', reject).end(body);
  });
}

t.test('a presigned URL of an encrypted object just works', async (t) => {
  const stand = await startBodyStand(t);
  const put = await linkOf(stand, { method: 'PUT', headers: { 'x-amz-meta-a': '1' } });
  const sent = {
    method: 'PUT',
    body: BODY,
    headers: { 'x-amz-meta-a': '1', 'content-length': String(BODY.length) },
  };
  t.equal((await follow(stand, put, sent)).status, 200);
  const got = await follow(stand, await linkOf(stand, {}));
  t.match(got, { status: 200, body: BODY, headers: { 'x-amz-meta-a': '1' } });
  const head = await follow(stand, await linkOf(stand, { method: 'HEAD' }), { method: 'HEAD' });
  t.match(head, { status: 200, headers: { 'content-length': String(BODY.length) } });
  const ranged = await follow(stand, await linkOf(stand, {}), { headers: { range: 'bytes=5-8' } });
  t.match(ranged, { status: 206, body: BODY.slice(5, 9) }, 'headers that nobody signs may come with it');

  await t.test('with every override of the response', async (t) => {
    const overrides = {
      'content-type': 'text/x-link',
      'content-disposition': 'attachment; filename="a b.txt"',
      'content-encoding': 'identity',
      'content-language': 'eo',
      'cache-control': 'no-store',
      expires: 'Thu, 01 Jan 2026 00:00:00 GMT',
    };
    const query = Object.fromEntries(
      Object.entries(overrides).map(([name, value]) => [`response-${name}`, value]),
    );
    t.match(await follow(stand, await linkOf(stand, { query })), {
      status: 200,
      headers: overrides,
      body: BODY,
    });
  });

  await t.test('and where it does not, it says why as S3 does', async (t) => {
    const ago = (seconds: number): Date => new Date(Date.now() - seconds * 1000);
    const cases: Readonly<Record<string, readonly [status: number, code: string, path: string]>> = {
      expired: [403, 'AccessDenied', await linkOf(stand, { expiresIn: 60, signingDate: ago(120) })],
      'not yet valid': [403, 'AccessDenied', await linkOf(stand, { signingDate: ago(-3600) })],
      'for too long': [
        400,
        'AuthorizationQueryParametersError',
        (await linkOf(stand, {})).replace('Expires=600', 'Expires=604801'),
      ],
      'without a parameter': [
        400,
        'AuthorizationQueryParametersError',
        (await linkOf(stand, {})).replace(/&X-Amz-Date=[^&]*/, ''),
      ],
      'for another object': [403, 'SignatureDoesNotMatch', (await linkOf(stand, {})).replace('/k?', '/l?')],
    };
    for (const [name, [status, code, path]] of Object.entries(cases)) {
      const got = await follow(stand, path);
      t.match(got, { status, body: new RegExp(`<Code>${code}</Code>`) }, name);
    }
    const unsigned = await follow(stand, await linkOf(stand, {}), { headers: { 'x-amz-acl': 'private' } });
    t.match(unsigned, { status: 403, body: /<HeadersNotSigned>x-amz-acl</ });
    t.equal(
      (await follow(stand, put, { ...sent, headers: { 'content-length': '1' }, body: 'x' })).status,
      403,
    );
    t.equal((await follow(stand, await linkOf(stand, {}))).body, BODY, 'nothing has changed');
  });

  await t.test('also under the name under which others reach the proxy', async (t) => {
    const path = await linkOf(stand, { host: PUBLIC_HOST });
    t.match(await follow(stand, path), { status: 200, body: BODY }, 'whatever Host arrives');
    t.match(await follow(stand, path, { headers: { host: PUBLIC_HOST } }), { status: 200, body: BODY });
    t.equal((await follow(stand, await linkOf(stand, { host: 'other.example.test' }))).status, 403);
  });

  await t.test('with temporary credentials that the config knows', async (t) => {
    const path = await linkOf(stand, { credentials: TEMPORARY });
    t.match(await follow(stand, path), { status: 200, body: BODY });
    const { sessionToken: _, ...bare } = TEMPORARY;
    for (const credentials of [
      bare,
      { ...bare, sessionToken: 'other' },
      { ...CLIENT, sessionToken: 'any' },
    ]) {
      const got = await follow(stand, await linkOf(stand, { credentials }));
      t.match(got, { status: 400, body: /<Code>InvalidToken</ });
    }
  });

  await t.test('and where nobody is asked for a signature', async (t) => {
    const asked = { method: 'GET', path: '/secret/k', host: hostOf(stand.ports.open) };
    const stranger = { ...signingAs(CLIENT), accessKeyId: 'nobody' };
    const got = await send(stand.ports.open, presigned(asked, '', stranger));
    t.equal(got.body.toString(), BODY);
  });
});

t.test('a body is what its presigned hash says, if there is one', async (t) => {
  const stand = await startBodyStand(t);
  const sha256 = '0'.repeat(64);
  const path = await linkOf(stand, { method: 'PUT', headers: { 'x-amz-content-sha256': sha256 } });
  const got = await follow(stand, path, { method: 'PUT', body: BODY, headers: { 'content-length': '20' } });
  t.match(got, { status: 400, body: /XAmzContentSHA256Mismatch/ });
  const read = headerSigned(
    { method: 'GET', path: '/secret/k', host: hostOf(stand.ports.http) },
    '',
    signingAs(CLIENT),
  );
  t.equal((await send(stand.ports.http, read)).status, 404);
});
