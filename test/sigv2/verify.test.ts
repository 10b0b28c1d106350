import { createHmac } from 'node:crypto';
import t from 'tap';
import { parseTarget } from '../../src/s3/target.ts';
import { Secret } from '../../src/secret.ts';
import { verify } from '../../src/signatures/verify.ts';
import { signaturesOf } from '../../src/sigv4/chunk-trailers.ts';
import { SigningKeys } from '../../src/sigv4/signing-keys.ts';
import { EXAMPLE } from '../sigv4/vectors.ts';
import { codeOf, refusal } from '../support/failure.ts';
import { wireHeaders } from '../support/headers.ts';
import { CLIENT, NOW, type Sent, verifySent } from '../support/signed.ts';
import { HOST, VECTORS_V2, type VectorV2 } from './vectors.ts';

const client = {
  accessKeyId: EXAMPLE.accessKeyId,
  secretAccessKey: new Secret(EXAMPLE.secretAccessKey),
};
const on = { client, sigv2: true };
const DATE = 'Mon, 01 Jun 2026 12:00:00 GMT';
const EXPIRES = String(NOW.getTime() / 1000 + 60);

function check(sent: VectorV2, now = new Date(sent.now)): string {
  return codeOf(() => verifySent(sent, { ...on, now }));
}

function signature(text: string): string {
  return createHmac('sha1', CLIENT.secretAccessKey.reveal()).update(text).digest('base64');
}

function headerOf(text: string): string {
  return `AWS ${CLIENT.accessKeyId}:${signature(text)}`;
}

/** What comes out of a request of CLIENT in the Authorization header. */
function ask(rawTarget: string, text: string, headers: Sent['headers'] = {}, method = 'GET'): string {
  const all = { host: 's3.amazonaws.com', date: DATE, ...headers, authorization: headerOf(text) };
  return codeOf(() => verifySent({ method, rawTarget, headers: all }, { sigv2: true }));
}

/** What comes out of a presigned URL of CLIENT. */
function open(rawTarget: string, text: string, headers: Sent['headers'] = {}, method = 'GET'): string {
  const mark = rawTarget.includes('?') ? '&' : '?';
  const query = `AWSAccessKeyId=${CLIENT.accessKeyId}&Signature=${encodeURIComponent(signature(text))}&Expires=${EXPIRES}`;
  const sent = { method, rawTarget: `${rawTarget}${mark}${query}`, headers: { host: 'h', ...headers } };
  return codeOf(() => verifySent(sent, { sigv2: true }));
}

t.test('verifies the documented examples', async (t) => {
  for (const vector of VECTORS_V2) t.equal(check(vector), 'ok', vector.name);
});

t.test('is off by default, and names the setting that allows it', async (t) => {
  for (const vector of VECTORS_V2) {
    const refused = refusal(() => verifySent(vector, { client, now: new Date(vector.now) }));
    t.equal(refused.code, 'InvalidRequest', vector.name);
    t.match(refused.message, /authorization mechanism you have provided is not supported.*sigv2: true/);
  }
});

t.test('refuses every mutant of a documented example that changes what was signed', async (t) => {
  const signed = /^(?:date|content-type|content-md5|x-amz-.*|authorization)$/;
  for (const vector of VECTORS_V2) {
    const presigned = vector.rawTarget.includes('Signature=');
    t.not(check({ ...vector, method: vector.method === 'GET' ? 'HEAD' : 'POST' }), 'ok', 'method');
    t.not(check({ ...vector, rawTarget: vector.rawTarget.replace('/', '/x') }), 'ok', 'path');
    const more = vector.rawTarget.includes('?') ? '&' : '?';
    for (const name of [
      'uploads',
      'versionId=1',
      'tagging',
      'attributes',
      'legal-hold',
      'response-expires=x',
    ])
      t.not(check({ ...vector, rawTarget: `${vector.rawTarget}${more}${name}` }), 'ok', name);
    t.not(check({ ...vector, headers: { ...vector.headers, 'x-amz-meta-more': '' } }), 'ok', 'added');
    t.not(check({ ...vector, headers: { ...vector.headers, 'content-type': 'x/y' } }), 'ok', 'type');
    for (const [name, value] of Object.entries(vector.headers)) {
      if (!signed.test(name) || (presigned && name === 'date')) continue;
      const { [name]: _, ...without } = vector.headers;
      t.not(check({ ...vector, headers: without }), 'ok', `without ${name}`);
      const text = typeof value === 'string' ? value : value.join(',');
      const other = { ...vector.headers, [name]: text.replace(/[0-9a-z](?=[^0-9a-z]*$)/i, 'q') };
      t.not(check({ ...vector, headers: other }), 'ok', `another ${name}`);
      const doubled = { ...vector.headers, [name]: [text, text] };
      t.not(check({ ...vector, headers: doubled }), 'ok', `${name} twice`);
    }
  }
});

t.test('takes a clock that is 15 minutes off, and no more', async (t) => {
  const [vector] = VECTORS_V2;
  if (!vector) throw new Error('there are vectors');
  const at = (minutes: number): Date => new Date(Date.parse(vector.now) + minutes * 60_000);
  t.equal(check(vector, at(15)), 'ok');
  t.equal(check(vector, at(-15)), 'ok');
  t.equal(check(vector, at(15.1)), 'RequestTimeTooSkewed');
  t.equal(check(vector, at(-15.1)), 'RequestTimeTooSkewed');
  t.equal(ask('/b0b/k', `GET\n\n\n2026\n/b0b/k`, { date: '2026' }), 'AccessDenied', 'no zone');
});

t.test('takes a presigned URL until it expires', async (t) => {
  const vector = VECTORS_V2.at(-1);
  if (!vector) throw new Error('there are vectors');
  t.equal(check(vector, new Date(1_175_139_620_000)), 'ok');
  const late = (): unknown => verifySent(vector, { ...on, now: new Date(1_175_139_621_000) });
  t.match(refusal(late), { code: 'AccessDenied', message: 'Request has expired' });
  const later = { ...vector, rawTarget: vector.rawTarget.replace('1175139620', '1175139621') };
  t.equal(check(later), 'SignatureDoesNotMatch');
  for (const gone of [/Expires=\d+/, /&Signature=[^&]*/, /AWSAccessKeyId=[^&]*&/])
    t.not(check({ ...vector, rawTarget: vector.rawTarget.replace(gone, '') }), 'ok', String(gone));
  const odd = { ...vector, rawTarget: vector.rawTarget.replace('1175139620', 'tomorrow') };
  t.equal(check(odd), 'AccessDenied');
});

t.test('leaves the line of the date empty when there is an x-amz-date', async (t) => {
  const amz = { 'x-amz-date': DATE };
  t.equal(ask('/b0b/k', `GET\n\n\n\nx-amz-date:${DATE}\n/b0b/k`, amz), 'ok');
  t.equal(ask('/b0b/k', `GET\n\n\n${DATE}\nx-amz-date:${DATE}\n/b0b/k`, amz), 'SignatureDoesNotMatch');
});

t.test('signs sub-resources sorted, with decoded values', async (t) => {
  t.equal(
    ask('/b0b/k?uploadId=a%2Fb&partNumber=2', `GET\n\n\n${DATE}\n/b0b/k?partNumber=2&uploadId=a/b`),
    'ok',
  );
  t.equal(ask('/b0b/k?acl=', `GET\n\n\n${DATE}\n/b0b/k?acl`), 'ok');
  t.equal(ask('/b0b/k?acl=', `GET\n\n\n${DATE}\n/b0b/k?acl=`), 'ok');
  const override = '/b0b/k?response-content-type=a%2Fb%3B%20c';
  t.equal(ask(override, `GET\n\n\n${DATE}\n/b0b/k?response-content-type=a/b; c`), 'ok');
});

t.test('leaves an option of lists unsigned, of the name of a sub-resource of objects', (t) => {
  t.equal(ask('/bucket/?metadata=true&prefix=a', `GET\n\n\n${DATE}\n/bucket/`), 'ok');
  const one = `PUT\n\n\n${DATE}\n/bucket/key`;
  for (const name of ['metadata', 'Metadata', 'mEtadata=1', 'Append', 'Modify', 'RENAME'])
    t.equal(ask(`/bucket/key?${name}`, one, {}, 'PUT'), 'SignatureDoesNotMatch', name);
  t.equal(ask('/bucket/key?metadata', `${one}?metadata`, {}, 'PUT'), 'ok');
  t.end();
});

t.test('knows the signature of a client that signed an unknown sub-resource', async (t) => {
  const text = (resource: string): string => `GET\n\n\n${DATE}\n${resource}`;
  t.equal(ask('/bucket?nothing', text('/bucket?nothing')), 'ok');
  t.equal(ask('/bucket?acl&nothing', text('/bucket?acl&nothing')), 'ok');
  t.equal(ask('/bucket?other', text('/bucket?nothing')), 'SignatureDoesNotMatch');
});

t.test('accepts a path as received or strictly encoded', async (t) => {
  t.equal(ask("/b0b/a'b", `GET\n\n\n${DATE}\n/b0b/a'b`), 'ok');
  t.equal(ask("/b0b/a'b", `GET\n\n\n${DATE}\n/b0b/a%27b`), 'ok');
  t.equal(ask('/b0b', `GET\n\n\n${DATE}\n/b0b/`), 'ok');
  t.equal(ask('/b0b/', `GET\n\n\n${DATE}\n/b0b`), 'ok');
  t.equal(ask('/b0b/k', `GET\n\n\n${DATE}\n/b0b/k/`), 'SignatureDoesNotMatch');
  const host = { host: 'b0b.s3.amazonaws.com' };
  t.equal(ask('/b0b/k', `GET\n\n\n${DATE}\n/b0b/b0b/k`, host), 'ok', 'a bucket in the host');
  t.equal(ask('/b0b/k', `GET\n\n\n${DATE}\n/b0b/k`, host), 'SignatureDoesNotMatch');
});

t.test('accepts what boto3 1.26 signs if the path of an operation has a query', async (t) => {
  t.equal(ask('/b0b/k?uploads', `POST\n\n\n${DATE}\n/b0b/k?uploads?uploads`, {}, 'POST'), 'ok');
  t.equal(ask('/b0b?list-type=2&prefix=a', `GET\n\n\n${DATE}\n/b0b?list-type=2`), 'ok');
  t.equal(ask('/b0b/k?tagging', `GET\n\n\n${DATE}\n/b0b/k?uploads?uploads`), 'SignatureDoesNotMatch');
});

t.test('makes hoisted parameters of a presigned URL headers again', async (t) => {
  const text = `PUT\n\ntext/plain\n${EXPIRES}\nx-amz-meta-a:b c\n/b0b/k`;
  const hoisted = '/b0b/k?content-type=text%2Fplain&x-amz-meta-a=b%20c';
  t.equal(open(hoisted, text, {}, 'PUT'), 'ok');
  t.equal(open(hoisted, text, { 'content-type': 'text/plain' }, 'PUT'), 'ok', 'sent as well');
  t.equal(open(hoisted, text, { 'content-type': 'text/html' }, 'PUT'), 'InvalidArgument');
  t.equal(open('/b0b/k', text, { 'content-type': 'text/plain', 'x-amz-meta-a': 'b c' }, 'PUT'), 'ok');
  const broken = open('/b0b/k?x-amz-meta-a=b%0Ac', `GET\n\n\n${EXPIRES}\nx-amz-meta-a:b\nc\n/b0b/k`);
  t.equal(broken, 'InvalidArgument', 'no line breaks');
});

t.test('leaves neither the signature nor what was hoisted in the query', async (t) => {
  const vector = VECTORS_V2.at(-1);
  if (!vector) throw new Error('there are vectors');
  const { rawTarget, method } = vector;
  const target = parseTarget(rawTarget, HOST, ['s3.amazonaws.com']);
  const headers = wireHeaders(vector.headers);
  const options = {
    holders: { get: () => client },
    signingKeys: new SigningKeys(),
    now: new Date(vector.now),
    sigv2: true,
  };
  const { request, chunks } = verify({ method, target, headers, rawTarget }, options);
  t.equal(request.target.query.encode(), '');
  t.throws(() => signaturesOf(chunks), { code: 'InvalidRequest' });
});

t.test('wants one signature, not two', async (t) => {
  const vector = VECTORS_V2.at(-1);
  if (!vector) throw new Error('there are vectors');
  const both = { ...vector, headers: { ...vector.headers, authorization: 'AWS a:b' } };
  t.equal(check(both), 'InvalidArgument');
  const v4 = { ...vector, rawTarget: `${vector.rawTarget}&X-Amz-Algorithm=AWS4-HMAC-SHA256` };
  t.equal(check(v4), 'InvalidArgument');
});

t.test('names what is wrong with a header', async (t) => {
  const of = (authorization: string): string =>
    codeOf(() =>
      verifySent(
        { method: 'GET', rawTarget: '/', headers: { host: 'h', date: DATE, authorization } },
        { sigv2: true },
      ),
    );
  t.equal(of('AWS'), 'InvalidArgument');
  t.equal(of('AWS nocolon'), 'InvalidArgument');
  t.equal(of('AWS stranger:bWq2s1WEIj+Ydj0vQ697zp+IXMU='), 'InvalidAccessKeyId');
  for (const wrong of ['', 'x', 'bWq2s1WEIj+Ydj0vQ697zp+IXMU', 'bWq2s1WEIj+Ydj0vQ697zp+IXMU= ='])
    t.equal(of(`AWS client:${wrong}`), 'SignatureDoesNotMatch', wrong);
});

t.test('demands the session token of temporary credentials, which is signed', async (t) => {
  const temporary = { ...CLIENT, sessionToken: new Secret('token for tests') };
  const ask = (token: string | undefined): string => {
    const amz = token === undefined ? '' : `x-amz-security-token:${token}\n`;
    const headers = {
      host: 'h',
      date: DATE,
      ...(token === undefined ? {} : { 'x-amz-security-token': token }),
      authorization: headerOf(`GET\n\n\n${DATE}\n${amz}/`),
    };
    return codeOf(() =>
      verifySent({ method: 'GET', rawTarget: '/', headers }, { client: temporary, sigv2: true }),
    );
  };
  t.equal(ask('token for tests'), 'ok');
  t.equal(ask('another'), 'InvalidToken');
  t.equal(ask(undefined), 'InvalidToken');
});

t.test('the refusal of a wrong signature does not show the values of headers', (t) => {
  const headers = { host: 's3.amazonaws.com', date: DATE, 'x-amz-security-token': 'a token of somebody' };
  const forged = { ...headers, authorization: headerOf('something else') };
  const error = refusal(() =>
    verifySent({ method: 'GET', rawTarget: '/bucket/k', headers: forged }, { sigv2: true }),
  );
  t.equal(error.code, 'SignatureDoesNotMatch');
  t.notMatch(JSON.stringify([error.message, error.fields]), 'a token of somebody');
  t.end();
});
