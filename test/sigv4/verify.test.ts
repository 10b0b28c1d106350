import t from 'tap';
import { Secret } from '../../src/secret.ts';
import { scopeText, stringToSign } from '../../src/sigv4/canonical.ts';
import { SigningKey } from '../../src/sigv4/signing-key.ts';
import { SigningKeys } from '../../src/sigv4/signing-keys.ts';
import { codeOf, refusal } from '../support/failure.ts';
import { CLIENT, NOW, REGION, type Sent, verifySent } from '../support/signed.ts';
import { aws4Signer } from '../support/signers.ts';

type Fields = Readonly<Record<string, string | readonly string[]>>;

const NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const DAY_MS = 86_400_000;

const signed = async (headers: Record<string, string> = {}, method = 'PUT'): Promise<Sent> => ({
  method,
  rawTarget: '/bucket/key',
  headers: await aws4Signer(
    {
      method,
      path: '/bucket/key',
      query: {},
      headers: { host: 'h', 'x-amz-content-sha256': NOTHING, ...headers },
    },
    { credentials: CLIENT, region: REGION, now: NOW },
  ),
});

const with_ = (request: Sent, headers: Fields): Sent => ({
  ...request,
  headers: { ...request.headers, ...headers },
});
const without = (request: Sent, name: string): Sent => ({
  ...request,
  headers: Object.fromEntries(Object.entries(request.headers).filter(([key]) => key !== name)),
});
const reauthorized = (request: Sent, change: (authorization: string) => string): Sent =>
  with_(request, { authorization: change(String(request.headers.authorization)) });

t.test('returns the signer', async (t) => {
  t.equal(verifySent(await signed()), CLIENT);
  t.equal(verifySent(await signed({ 'content-type': 'a/b', 'x-amz-meta-a': '1' }, 'DELETE')), CLIENT);
});

t.test('refuses a request without an Authorization header, and one with two', async (t) => {
  const request = await signed();
  t.match(
    refusal(() => verifySent(without(request, 'authorization'))),
    { code: 'AccessDenied', status: 403 },
  );
  const twice = [String(request.headers.authorization), String(request.headers.authorization)];
  t.equal(
    codeOf(() => verifySent(with_(request, { authorization: twice }))),
    'InvalidRequest',
  );
  t.equal(
    codeOf(() => verifySent(with_(request, { authorization: '' }))),
    'InvalidArgument',
  );
});

t.test('refuses an access key that nobody holds, and names it', async (t) => {
  const request = reauthorized(await signed(), (text) => text.replace('client/', 'stranger/'));
  t.match(
    refusal(() => verifySent(request)),
    {
      code: 'InvalidAccessKeyId',
      status: 403,
      fields: { AWSAccessKeyId: 'stranger' },
    },
  );
});

t.test('refuses a signature by another secret, and shows how to find out why', async (t) => {
  const client = { ...CLIENT, secretAccessKey: new Secret('swordfish') };
  const request = await signed({ 'x-amz-server-side-encryption-customer-key': 'a key that is not one' });
  const error = refusal(() => verifySent(request, { client }));
  t.match(error, { code: 'SignatureDoesNotMatch', status: 403, fields: { AWSAccessKeyId: 'client' } });
  t.match(
    error.fields.StringToSign,
    /^AWS4-HMAC-SHA256\n20260601T120000Z\n20260601\/eu-test-1\/s3\/aws4_request\n[0-9a-f]{64}$/,
  );
  t.notMatch(JSON.stringify(error) + error.message, /swordfish|a key that is not one/);
});

t.test('refuses a clock that is more than 15 minutes off', async (t) => {
  const request = await signed();
  for (const ms of [900_000, -900_000]) {
    t.equal(verifySent(request, { now: new Date(NOW.getTime() + ms) }), CLIENT);
  }
  for (const ms of [900_001, -900_001, DAY_MS]) {
    const late = refusal(() => verifySent(request, { now: new Date(NOW.getTime() + ms) }));
    t.match(late, { code: 'RequestTimeTooSkewed', fields: { MaxAllowedSkewMilliseconds: '900000' } });
  }
});

t.test('refuses a request without a date', async (t) => {
  const request = without(await signed(), 'x-amz-date');
  t.equal(
    codeOf(() => verifySent(request)),
    'AccessDenied',
  );
});

t.test('refuses x-amz headers and a Host that were not signed, and lists them', async (t) => {
  const request = await signed();
  const error = refusal(() =>
    verifySent(with_(request, { 'X-Amz-Meta-Late': '1', 'x-amz-acl': 'public-read' })),
  );
  t.match(error, { code: 'AccessDenied', fields: { HeadersNotSigned: 'x-amz-meta-late, x-amz-acl' } });
  const unhosted = reauthorized(request, (text) => text.replace('SignedHeaders=host;', 'SignedHeaders='));
  t.match(
    refusal(() => verifySent(unhosted)),
    { code: 'AccessDenied', fields: { HeadersNotSigned: 'host' } },
  );
});

t.test('lets headers that a hop adds be unsigned', async (t) => {
  const added = {
    expect: '100-continue',
    'content-length': '0',
    connection: 'close',
    via: '1.1 x',
    range: 'bytes=0-1',
  };
  t.equal(verifySent(with_(await signed(), added)), CLIENT);
});

t.test('takes headers of transport into the signature when the client signed them', async (t) => {
  const request = await signed({
    'transfer-encoding': 'chunked',
    'accept-encoding': 'gzip',
    'content-length': '3',
  });
  t.match(String(request.headers.authorization), /accept-encoding;content-length;host;transfer-encoding;/);
  t.equal(verifySent(request), CLIENT);
  t.equal(
    codeOf(() => verifySent(with_(request, { 'content-length': '4' }))),
    'SignatureDoesNotMatch',
  );
});

t.test('refuses a signature that covers one field of several', async (t) => {
  const request = await signed({ 'x-amz-meta-a': '1' });
  t.equal(
    codeOf(() => verifySent(with_(request, { 'x-amz-meta-a': ['1', '2'] }))),
    'SignatureDoesNotMatch',
  );
  const joined = await signed({ 'x-amz-meta-a': '1,2' });
  t.equal(verifySent(with_(joined, { 'x-amz-meta-a': ['1', '2'] })), CLIENT);
  t.equal(
    codeOf(() => verifySent(with_(joined, { 'x-amz-meta-a': ['2', '1'] }))),
    'SignatureDoesNotMatch',
  );
  t.equal(
    codeOf(() => verifySent(without(joined, 'x-amz-meta-a'))),
    'SignatureDoesNotMatch',
  );
});

t.test('refuses a scope of another day, service or end', async (t) => {
  const request = await signed();
  const faults = {
    '20260601/eu-test-1/s3/aws4_request': '20260602/eu-test-1/s3/aws4_request',
    '/s3/': '/iam/',
    aws4_request: 'aws5_request',
  };
  for (const [right, wrong] of Object.entries(faults)) {
    const error = refusal(() => verifySent(reauthorized(request, (text) => text.replace(right, wrong))));
    t.match(error, { code: 'AuthorizationHeaderMalformed', status: 400 }, wrong);
  }
  const region = reauthorized(request, (text) => text.replace('eu-test-1', 'eu-test-2'));
  t.equal(
    codeOf(() => verifySent(region)),
    'SignatureDoesNotMatch',
    'the region is part of the signature',
  );
});

t.test('accepts any region, or only the required one', async (t) => {
  const request = await signed();
  t.equal(verifySent(request, { region: REGION }), CLIENT);
  t.match(
    refusal(() => verifySent(request, { region: 'us-west-2' })),
    {
      code: 'AuthorizationHeaderMalformed',
      message: /region 'eu-test-1' is wrong; expecting 'us-west-2'/,
      fields: { Region: 'us-west-2' },
    },
  );
});

t.test('takes every payload that is signed as such, and refuses strange ones', async (t) => {
  for (const [hash, code] of [
    ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD', 'ok'],
    ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER', 'ok'],
    ['STREAMING-UNSIGNED-PAYLOAD-TRAILER', 'ok'],
    ['UNSIGNED-PAYLOAD', 'ok'],
    ['STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD', 'NotImplemented'],
    ['nonsense', 'InvalidArgument'],
  ] as const) {
    const request = await signed({ 'x-amz-content-sha256': hash });
    t.equal(
      codeOf(() => verifySent(request)),
      code,
      hash,
    );
  }
});

t.test('does without a payload hash when there is no body, as curl does', async (t) => {
  // Signed over host and x-amz-date alone, with the hash of nothing at the end.
  const scope = { date: '20260601', region: REGION, service: 's3', terminator: 'aws4_request' };
  const canonical = `GET\n/bucket/key\n\nhost:h\nx-amz-date:20260601T120000Z\n\nhost;x-amz-date\n${NOTHING}`;
  const key = new SigningKey(CLIENT.secretAccessKey.reveal(), scope);
  const signature = key.sign(stringToSign('20260601T120000Z', scope, canonical));
  const authorization = `AWS4-HMAC-SHA256 Credential=client/${scopeText(scope)}, SignedHeaders=host;x-amz-date, Signature=${signature}`;
  const headers = { host: 'h', 'x-amz-date': '20260601T120000Z', authorization };
  t.equal(verifySent({ method: 'GET', rawTarget: '/bucket/key', headers }), CLIENT);
});

t.test('wants a payload hash when there is a body', async (t) => {
  const request = without(await signed({}, 'GET'), 'x-amz-content-sha256');
  const body = { 'content-length': '3' };
  t.equal(
    codeOf(() => verifySent(with_(request, body))),
    'InvalidRequest',
  );
  t.equal(
    codeOf(() => verifySent(with_(request, { 'transfer-encoding': 'chunked' }))),
    'InvalidRequest',
  );
  t.equal(
    codeOf(() => verifySent(with_(request, { 'content-length': '0' }))),
    'SignatureDoesNotMatch',
    'it was signed',
  );
});

t.test('wants the token of temporary credentials, and no token of others', async (t) => {
  const temporary = { ...CLIENT, sessionToken: new Secret('token') };
  const request = await signed({ 'x-amz-security-token': 'token' });
  t.equal(verifySent(request, { client: temporary }), temporary);
  const refused = { code: 'InvalidToken', status: 400 };
  t.match(
    refusal(() => verifySent(request)),
    refused,
    'nobody knows of a token',
  );
  const bare = await signed();
  t.match(
    refusal(() => verifySent(bare, { client: temporary })),
    refused,
  );
  const other = await signed({ 'x-amz-security-token': 'tokem' });
  t.match(
    refusal(() => verifySent(other, { client: temporary })),
    refused,
  );
  const forged = with_(request, { 'x-amz-security-token': 'other' });
  t.equal(
    codeOf(() => verifySent(forged)),
    'SignatureDoesNotMatch',
    'said only when the signature is good',
  );
});

t.test('refuses two signatures, one in the header and one in the query', async (t) => {
  const request = await signed();
  for (const query of [
    'X-Amz-Signature=s',
    'X-Amz-Credential=c',
    'X-Amz-%53ignature=s',
    'X-Amz-Algorithm=a',
  ]) {
    t.equal(
      codeOf(() => verifySent({ ...request, rawTarget: `/bucket/key?${query}` })),
      'InvalidArgument',
      query,
    );
  }
});

t.test('takes a path signed as it stands on the wire only where there are SDKs of OBS', async (t) => {
  const path = '/bucket/a%2Fb%20c';
  const scope = { date: '20260601', region: REGION, service: 's3', terminator: 'aws4_request' };
  const names = 'host;x-amz-content-sha256;x-amz-date';
  const lines = ['GET', path, '', 'host:h', `x-amz-content-sha256:${NOTHING}`, 'x-amz-date:20260601T120000Z'];
  const canonical = [...lines, '', names, NOTHING].join('\n');
  const signature = new SigningKey(CLIENT.secretAccessKey.reveal(), scope).sign(
    stringToSign('20260601T120000Z', scope, canonical),
  );
  const credential = `Credential=${CLIENT.accessKeyId}/${scopeText(scope)}`;
  const asJava: Sent = {
    method: 'GET',
    rawTarget: path,
    headers: {
      host: 'h',
      'x-amz-content-sha256': NOTHING,
      'x-amz-date': '20260601T120000Z',
      authorization: `AWS4-HMAC-SHA256 ${credential},SignedHeaders=${names},Signature=${signature}`,
    },
  };
  t.equal(verifySent(asJava, { obs: true }), CLIENT);
  t.equal(
    codeOf(() => verifySent(asJava)),
    'SignatureDoesNotMatch',
  );
  for (const rawTarget of ['/bucket/a/b%20c', '/bucket/a%2fb%20c', '/bucket/a%2Fb c', '/bucket/a%2Fb%20d'])
    t.equal(
      codeOf(() => verifySent({ ...asJava, rawTarget }, { obs: true })),
      'SignatureDoesNotMatch',
      rawTarget,
    );
});

t.test('keeps the signing key of a good signature, and of no other', async (t) => {
  const kept: string[] = [];
  const signingKeys = new (class extends SigningKeys {
    override keep(...args: Parameters<SigningKeys['keep']>): void {
      kept.push(args[0]);
      super.keep(...args);
    }
  })();
  const request = await signed();
  const forged = reauthorized(request, (text) => text.slice(0, -64) + '0'.repeat(64));
  t.throws(() => verifySent(forged, { signingKeys }), { code: 'SignatureDoesNotMatch' });
  t.same(kept, []);
  verifySent(request, { signingKeys });
  t.same(kept, ['client']);
  t.equal(verifySent(request, { signingKeys }), CLIENT);
});
