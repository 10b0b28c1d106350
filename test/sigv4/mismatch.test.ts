import t from 'tap';
import type { S3Error } from '../../src/s3/errors.ts';
import { refusal } from '../support/failure.ts';
import { CLIENT, NOW, REGION, type Sent, verifySent } from '../support/signed.ts';
import { aws4Signer } from '../support/signers.ts';

const NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const CLIENTS_KEY = 'AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefg=';
const CUSTOMER_KEY = 'x-amz-server-side-encryption-customer-key';

async function signed(headers: Record<string, string> = {}): Promise<Sent> {
  const request = {
    method: 'PUT',
    path: '/bucket/a b',
    query: {},
    headers: { host: 'h', 'x-amz-content-sha256': NOTHING, ...headers },
  };
  return {
    method: 'PUT',
    rawTarget: '/bucket/a%20b',
    headers: await aws4Signer(request, { credentials: CLIENT, region: REGION, now: NOW }),
  };
}

function changed(request: Sent, headers: Record<string, string | undefined>): S3Error {
  const merged = Object.entries({ ...request.headers, ...headers }).filter(
    ([, value]) => value !== undefined,
  );
  return refusal(() => verifySent({ ...request, headers: Object.fromEntries(merged) as Sent['headers'] }));
}

t.test('shows the canonical request that the proxy saw, and its string to sign', async (t) => {
  const error = changed(await signed({ 'x-amz-meta-a': 'b' }), { 'x-amz-meta-a': 'c' });
  const { CanonicalRequest = '', CanonicalRequestBytes, StringToSign = '', StringToSignBytes } = error.fields;
  t.match(CanonicalRequest, /^PUT\n\/bucket\/a%20b\n\nhost:h\n/);
  t.match(CanonicalRequest, '\nx-amz-meta-a:c\n');
  const bytesOf = (text: string): string =>
    [...Buffer.from(text)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  t.equal(CanonicalRequestBytes, bytesOf(CanonicalRequest));
  t.match(StringToSign, /^AWS4-HMAC-SHA256\n\d{8}T\d{6}Z\n/);
  t.equal(StringToSignBytes, bytesOf(StringToSign));
});

t.test('names signed headers that did not arrive, and those that are often changed', async (t) => {
  const request = await signed({ 'accept-encoding': 'identity', 'x-amz-meta-a': 'b' });
  const gone = changed(request, { 'x-amz-meta-a': undefined });
  t.equal(gone.fields.SignedHeadersMissing, 'x-amz-meta-a');
  t.match(gone.message, /x-amz-meta-a were signed and did not arrive/);
  const other = changed(request, { 'x-amz-meta-a': 'c' });
  t.equal(other.fields.SignedHeadersMissing, undefined);
  const signs = String(request.headers.authorization).includes('accept-encoding');
  t.equal(/accept-encoding were signed; servers on the way often change them/.test(other.message), signs);
});

t.test('shows no canonical request that holds a secret in another writing', async (t) => {
  const request = await signed({ [CUSTOMER_KEY]: CLIENTS_KEY });
  const copies = [encodeURIComponent(CLIENTS_KEY), encodeURIComponent(encodeURIComponent(CLIENTS_KEY))];
  for (const copy of copies) {
    const rawTarget = `/bucket/a%20b?response-content-disposition=${copy}`;
    const error = changed({ ...request, rawTarget }, {});
    t.equal(error.fields.CanonicalRequest, undefined, copy);
    t.notMatch(JSON.stringify(error.fields), CLIENTS_KEY.slice(0, -1));
  }
  for (const name of ['sig', 'apikey', 'api_key', 'x-auth']) {
    const error = changed({ ...request, rawTarget: `/bucket/a%20b?${name}=hushhush` }, {});
    t.notMatch(JSON.stringify(error.fields), 'hushhush', name);
  }
});

t.test('repeats no SSE-C key, no token and no signature', async (t) => {
  const secrets = {
    [CUSTOMER_KEY]: CLIENTS_KEY,
    [`${CUSTOMER_KEY}-md5`]: 'MD5MD5MD5MD5MD5MD5MD5==',
    'x-amz-copy-source-server-side-encryption-customer-key': 'x'.repeat(43),
    'x-amz-security-token': 'a-token-for-tests',
    'x-amz-meta-password': 'a-password-for-tests',
  };
  const request = await signed(secrets);
  const error = changed(request, { 'x-amz-meta-b': undefined, host: 'other' });
  const shown = JSON.stringify(error.fields) + error.message;
  t.match(error.fields.CanonicalRequest, `\n${CUSTOMER_KEY}:[redacted]\n`);
  for (const secret of Object.values(secrets)) t.notMatch(shown, secret);
  const [, signature = ''] = /Signature=(\w+)/.exec(String(request.headers.authorization)) ?? [];
  t.notMatch(shown, signature);
});

t.test('shows nothing of a request that repeats a secret elsewhere, or is very long', async (t) => {
  const repeated = await signed({ [CUSTOMER_KEY]: CLIENTS_KEY, 'x-amz-meta-a': `the key is ${CLIENTS_KEY}` });
  const error = changed(repeated, { host: 'other' });
  t.equal(error.code, 'SignatureDoesNotMatch');
  t.equal(error.fields.CanonicalRequest, undefined);
  t.equal(error.fields.CanonicalRequestBytes, undefined);
  const long = changed(await signed({ 'x-amz-meta-a': 'a'.repeat(9000) }), { host: 'other' });
  t.equal(long.fields.CanonicalRequest, undefined);
});
