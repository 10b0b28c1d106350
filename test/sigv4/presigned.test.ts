import t from 'tap';
import { encodePath } from '../../src/s3/percent.ts';
import { Secret } from '../../src/secret.ts';
import { presign } from '../../src/sigv4/sign.ts';
import { codeOf, refusal } from '../support/failure.ts';
import { CLIENT, NOW, REGION, type Sent, verifySent } from '../support/signed.ts';
import { presigned, type WireRequest } from '../support/wire-requests.ts';
import { PRESIGNED } from './chunk-vectors.ts';
import { EXAMPLE } from './vectors.ts';

const SIGNING = { accessKeyId: 'client', secretAccessKey: CLIENT.secretAccessKey.reveal(), region: REGION };
const HOUR_MS = 3_600_000;

const sentOf = ({ method, path, query, headers }: WireRequest): Sent => ({
  method,
  rawTarget: `${path}?${query.map(({ name, value }) => `${name}=${value}`).join('&')}`,
  headers: Object.fromEntries(headers.map(({ name, value }) => [name, value])),
});
const link = (headers: Record<string, string> = {}, expires = 3600, now = NOW): Sent =>
  sentOf(
    presigned({ method: 'GET', path: '/bucket/key', host: 'h', headers }, '', { ...SIGNING, now }, expires),
  );
const changed = (sent: Sent, change: (rawTarget: string) => string): Sent => ({
  ...sent,
  rawTarget: change(sent.rawTarget),
});
const later = (ms: number): Date => new Date(NOW.getTime() + ms);

t.test('verifies the documented example until it expires', async (t) => {
  const client = { accessKeyId: EXAMPLE.accessKeyId, secretAccessKey: new Secret(EXAMPLE.secretAccessKey) };
  const { host, rawTarget } = PRESIGNED;
  const sent = { method: 'GET', rawTarget, headers: { host } };
  const at = (ms: number): Date => new Date(EXAMPLE.now.getTime() + ms);
  t.equal(verifySent(sent, { client, now: at(0) }), client);
  t.equal(verifySent(sent, { client, now: at(86_400_000) }), client);
  t.match(
    refusal(() => verifySent(sent, { client, now: at(86_400_001) })),
    {
      code: 'AccessDenied',
      status: 403,
      message: 'Request has expired',
      fields: { 'X-Amz-Expires': '86400', Expires: '2013-05-25T00:00:00.000Z' },
    },
  );
});

t.test('the links that doctor makes are those of its client, and for their time', async (t) => {
  for (const name of ['key', "a b+c'(d)!*~", 'ü/%C3%BC//x']) {
    const path = `/bucket/${encodePath(name)}?X-Amz-Expires=600&x-id=GetObject`;
    const by = { credentials: CLIENT, region: REGION, now: NOW };
    const rawTarget = presign({ method: 'GET', path, host: 'h:81' }, by);
    const sent = { method: 'GET', rawTarget, headers: { host: 'h:81' } };
    t.equal(verifySent(sent, { now: later(600_000) }), CLIENT, name);
    t.match(
      refusal(() => verifySent(sent, { now: later(601_000) })),
      { message: 'Request has expired' },
    );
    t.equal(
      codeOf(() => verifySent(changed(sent, (target) => target.replace('x-id=Get', 'x-id=Put')))),
      'SignatureDoesNotMatch',
    );
  }
});

t.test('is valid from its date, with a tolerance for clocks', async (t) => {
  t.equal(verifySent(link(), { now: later(-15 * 60_000) }), CLIENT);
  t.match(
    refusal(() => verifySent(link(), { now: later(-15 * 60_000 - 1000) })),
    { code: 'AccessDenied', message: 'Request is not valid yet' },
  );
  t.equal(verifySent(link(), { now: later(HOUR_MS) }), CLIENT);
  t.equal(
    codeOf(() => verifySent(link(), { now: later(HOUR_MS + 1) })),
    'AccessDenied',
  );
});

t.test('lives for a week at most', async (t) => {
  t.equal(verifySent(link({}, 604_800)), CLIENT);
  for (const [expires, message] of [
    [604_801, /less than 604800 seconds/],
    [-1, /non-negative/],
  ] as const) {
    t.match(
      refusal(() => verifySent(link({}, expires))),
      { code: 'AuthorizationQueryParametersError', status: 400, message },
    );
  }
  for (const text of ['1e3', '0x10', ' 60', '60 ', 'a', '6.5', '+60', '--1']) {
    const sent = changed(link(), (raw) => raw.replace('Expires=3600', `Expires=${encodeURIComponent(text)}`));
    t.match(
      refusal(() => verifySent(sent)),
      { code: 'AuthorizationQueryParametersError', message: /should be a number/ },
      text,
    );
  }
});

t.test('lacks none of its parameters', async (t) => {
  for (const name of ['Algorithm', 'Credential', 'Date', 'Expires', 'SignedHeaders', 'Signature']) {
    for (const replacement of ['', `&X-Amz-${name}=`, `&x-amz-${name.toLowerCase()}=1`]) {
      const pattern = new RegExp(`(?<=[?&])X-Amz-${name}=[^&]*`);
      const sent = changed(link(), (raw) => raw.replace(pattern, 'a=b') + replacement);
      t.match(
        refusal(() => verifySent(sent)),
        { code: 'AuthorizationQueryParametersError', status: 400 },
        `${name} ${replacement}`,
      );
    }
  }
});

t.test('says what is wrong with a parameter', async (t) => {
  const wrong: Readonly<Record<string, readonly [code: string, from: RegExp, to: string]>> = {
    'another algorithm': ['AuthorizationQueryParametersError', /AWS4-HMAC-SHA256/, 'AWS4-HMAC-SHA1'],
    SigV4A: ['NotImplemented', /AWS4-HMAC-SHA256/, 'AWS4-ECDSA-P256-SHA256'],
    'a scope of another day': ['AuthorizationQueryParametersError', /client%2F20260601/, 'client%2F20260602'],
    'another service': ['AuthorizationQueryParametersError', /%2Fs3%2F/, '%2Fsts%2F'],
    'a credential without a scope': ['AuthorizationQueryParametersError', /client%2F[^&]*/, 'client'],
    'a stranger': ['InvalidAccessKeyId', /client%2F/, 'stranger%2F'],
    'a date in another form': [
      'AuthorizationQueryParametersError',
      /20260601T120000Z/,
      '2026-06-01T12:00:00Z',
    ],
    'a short signature': ['AuthorizationQueryParametersError', /(Signature=.{63})./, '$1'],
    'a signature in upper case': [
      'AuthorizationQueryParametersError',
      /Signature=.{64}/,
      `Signature=${'A'.repeat(64)}`,
    ],
    'another signature': ['SignatureDoesNotMatch', /Signature=.{64}/, `Signature=${'a'.repeat(64)}`],
    'no signed host': ['AccessDenied', /SignedHeaders=host/, 'SignedHeaders=accept'],
    'headers signed twice': [
      'AuthorizationQueryParametersError',
      /SignedHeaders=host/,
      'SignedHeaders=host%3Bhost',
    ],
    'another object': ['SignatureDoesNotMatch', /bucket\/key/, 'bucket/other'],
    'another version': ['SignatureDoesNotMatch', /$/, '&versionId=1'],
    'an override more': ['SignatureDoesNotMatch', /$/, '&response-content-type=text%2Fhtml'],
    'a parameter twice': ['InvalidArgument', /$/, '&X-Amz-Expires=3600'],
  };
  for (const [name, [code, from, to]] of Object.entries(wrong)) {
    t.equal(
      codeOf(() => verifySent(changed(link(), (raw) => raw.replace(from, to)))),
      code,
      name,
    );
  }
});

t.test('has no unsigned x-amz-* header', async (t) => {
  const sent = link({ 'x-amz-meta-a': '1' });
  t.equal(verifySent(sent), CLIENT);
  t.match(
    refusal(() => verifySent({ ...sent, headers: { ...sent.headers, 'x-amz-acl': 'public-read' } })),
    { code: 'AccessDenied', fields: { HeadersNotSigned: 'x-amz-acl' } },
  );
  t.equal(
    codeOf(() => verifySent({ ...sent, headers: { ...sent.headers, 'x-amz-meta-a': '2' } })),
    'SignatureDoesNotMatch',
  );
  const { 'x-amz-meta-a': _, ...without } = sent.headers;
  t.equal(
    codeOf(() => verifySent({ ...sent, headers: without })),
    'SignatureDoesNotMatch',
  );
});

t.test('may be signed for the public name of the proxy', async (t) => {
  const asked = { method: 'GET', path: '/bucket/key', host: 'files.example.test' };
  const sent = sentOf(presigned(asked, '', { ...SIGNING, now: NOW }));
  const arrived = { ...sent, headers: { host: 'proxy.internal:8443' } };
  const client = { ...CLIENT, publicHost: 'files.example.test' };
  t.equal(verifySent(arrived, { client }), client);
  t.equal(verifySent(link(), { client }), client, 'or for the Host that arrives');
  t.equal(
    codeOf(() => verifySent(arrived)),
    'SignatureDoesNotMatch',
  );
  const elsewhere = { ...CLIENT, publicHost: 'other.example.test' };
  t.equal(
    codeOf(() => verifySent(arrived, { client: elsewhere })),
    'SignatureDoesNotMatch',
  );
});

t.test('is for one method', async (t) => {
  for (const method of ['HEAD', 'PUT', 'DELETE']) {
    t.equal(
      codeOf(() => verifySent({ ...link(), method })),
      'SignatureDoesNotMatch',
    );
  }
});

t.test('links of many clients in turns are each of their own', async (t) => {
  const clients = Array.from({ length: 12 }, (_, index) => ({
    accessKeyId: `client-${index}`,
    secretAccessKey: new Secret(`secret-${index}`),
  }));
  for (const round of [1, 2, 3])
    for (const [index, client] of clients.entries()) {
      const { accessKeyId, secretAccessKey } = client;
      const signing = { accessKeyId, secretAccessKey: secretAccessKey.reveal(), region: REGION, now: NOW };
      const headers = index % 2 === 0 ? { 'x-amz-meta-a': String(round) } : {};
      const made = presigned({ method: 'GET', path: '/bucket/key', host: 'h', headers }, '', signing, 60);
      t.equal(verifySent(sentOf(made), { client }), client);
      const other = changed(sentOf(made), (target) => target.replace(/client-\d+/, 'client-nobody'));
      t.equal(
        codeOf(() => verifySent(other, { client })),
        'InvalidAccessKeyId',
      );
    }
});
