import { createHash } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import { encodePath } from '../../../src/s3/percent.ts';
import { PROVIDERS } from '../../../src/s3/providers.ts';
import { ssecHeaders } from '../../../src/ssec/headers.ts';
import { bucketNames, objectKeys } from '../../support/arbitrary.ts';
import { codeOf } from '../../support/failure.ts';
import { onWire } from '../../support/headers.ts';
import { pinnedTo } from '../../support/pinned.ts';
import { outboundFor, type Request } from '../../support/planned.ts';
import { verifySent } from '../../support/signed.ts';
import { snapshotOf, testSsecKey } from '../../support/snapshot.ts';

const NEW = testSsecKey('new');
const OLD = testSsecKey('old');
const RULES = [
  { bucket: 'vault', encrypt: [NEW, OLD] },
  { bucket: 'passed', encrypt: [NEW], clientHeaders: 'pass' },
  { bucket: 'open', encrypt: 'off' },
  { bucket: 'my.dotted', encrypt: [NEW] },
  { bucket: 'Old_Name', encrypt: [NEW] },
] as const;
const snapshot = snapshotOf({ rules: RULES });
const NOTHING = createHash('sha256').digest('hex');

const TARGET = 'x-amz-server-side-encryption-customer-';
const SOURCE = 'x-amz-copy-source-server-side-encryption-customer-';
const OURS = { target: TARGET, source: SOURCE };

/** Which of the two sets of SSE-C headers went out, complete and with the newest key; anything half is spelled out. */
function keyHeadersIn({ headers }: { headers: Readonly<Record<string, string>> }): string {
  return Object.entries(OURS)
    .filter(([, prefix]) => Object.keys(headers).some((name) => name.startsWith(prefix)))
    .map(([end, prefix]) => {
      const whole =
        headers[`${prefix}algorithm`] === 'AES256' &&
        headers[`${prefix}key`] === NEW.base64 &&
        headers[`${prefix}key-md5`] === NEW.md5;
      return whole ? end : `half of ${end}`;
    })
    .join('+');
}

t.test('OBS gets no SHA-256, of a body or of none', async (t) => {
  const obs = snapshotOf({ rules: RULES, upstream: { provider: PROVIDERS.obs, addressing: 'path' } });
  const sha256 = createHash('sha256').update('x').digest('hex');
  const headers = { 'x-amz-content-sha256': sha256, 'content-length': '1' };
  const put = { method: 'PUT', rawTarget: '/vault/k', headers };
  t.equal(outboundFor(put, obs, 'some').headers['x-amz-content-sha256'], 'UNSIGNED-PAYLOAD');
  t.equal(outboundFor(put, snapshot, 'some').headers['x-amz-content-sha256'], sha256);
  const get = { method: 'GET', rawTarget: '/vault/k', headers: {} };
  t.equal(outboundFor(get, obs).headers['x-amz-content-sha256'], 'UNSIGNED-PAYLOAD');
  t.equal(outboundFor(get, snapshot).headers['x-amz-content-sha256'], NOTHING);
});

t.test('sends each operation the headers that it takes', async (t) => {
  const copy = (source: string) => ({ 'x-amz-copy-source': source });
  const expected: [
    method: string,
    rawTarget: string,
    keyHeadersIn: string,
    headers?: Record<string, string>,
  ][] = [
    ['PUT', '/vault/k', 'target'],
    ['GET', '/vault/k', 'target'],
    ['HEAD', '/vault/k', 'target'],
    ['POST', '/vault/k?uploads', 'target'],
    ['PUT', '/vault/k?partNumber=1&uploadId=u', 'target'],
    ['POST', '/vault/k?uploadId=u', 'target'],
    ['GET', '/vault/k?uploadId=u', 'target'],
    ['GET', '/vault/k?attributes', 'target', { 'x-amz-object-attributes': 'ETag' }],
    ['POST', '/vault/k?select&select-type=2', 'target'],
    ['PUT', '/vault/k', 'target+source', copy('/vault/s')],
    ['PUT', '/vault/k', 'target', copy('/open/s')],
    ['PUT', '/open/k', 'source', copy('/vault/s')],
    ['PUT', '/open/k', '', copy('/open/s')],
    ['PUT', '/vault/k?partNumber=1&uploadId=u', 'target+source', copy('/vault/s')],
    ['PUT', '/open/k?partNumber=1&uploadId=u', 'source', copy('/vault/s')],
    ['DELETE', '/vault/k', ''],
    ['DELETE', '/vault/k?uploadId=u', ''],
    ['PUT', '/vault/k?tagging', ''],
    ['PUT', '/vault/k?acl', ''],
    ['GET', '/vault?list-type=2', ''],
    ['POST', '/vault?delete', ''],
    ['GET', '/', ''],
    ['PUT', '/open/k', ''],
  ];
  for (const [method, rawTarget, which, headers = {}] of expected) {
    const request = { method, rawTarget: pinnedTo(NEW, rawTarget), headers };
    t.equal(keyHeadersIn(outboundFor(request, snapshot)), which, `${method} ${rawTarget}`);
  }
});

t.test('leaves the encryption headers of the client behind on an injected write', async (t) => {
  const headers = {
    'X-Amz-Server-Side-Encryption': 'aws:kms',
    'x-amz-server-side-encryption-aws-kms-key-id': 'id',
    'x-amz-server-side-encryption-context': 'c',
    'x-amz-server-side-encryption-bucket-key-enabled': 'true',
    'x-amz-server-side-encryption-customer-algorithm': 'AES256',
    'x-amz-server-side-encryption-customer-key-MD5': 'echo',
  };
  const sent = outboundFor({ method: 'PUT', rawTarget: '/vault/k', headers }, snapshot);
  t.equal(keyHeadersIn(sent), 'target');
  const left = Object.keys(sent.headers).filter((name) => name.startsWith('x-amz-server-side-encryption'));
  t.equal(left.length, 3);
  const own = Object.fromEntries(Object.entries(headers).filter(([name]) => !name.includes('customer')));
  const plain = outboundFor({ method: 'PUT', rawTarget: '/open/k', headers: own }, snapshot);
  t.match(plain.headers, {
    'x-amz-server-side-encryption': 'aws:kms',
    'x-amz-server-side-encryption-context': 'c',
  });
});

t.test(
  'refuses a write that claims a customer key and brings none, where nothing would be encrypted',
  async (t) => {
    const claims = [
      { [`${TARGET}algorithm`]: 'AES256' },
      { [`${TARGET}key-md5`]: 'of a key' },
      { [`${TARGET}algorithm`]: 'AES256', [`${TARGET}key-md5`]: 'of a key' },
      { [`${TARGET}algorithm`]: 'AES128' },
    ];
    const codeFor = (method: string, rawTarget: string, headers: Record<string, string>) =>
      codeOf(() => outboundFor({ method, rawTarget, headers }, snapshot));
    const passing = snapshotOf({ rules: RULES, default: 'pass' });
    for (const headers of claims) {
      const copying = { ...headers, 'x-amz-copy-source': '/open/s' };
      t.equal(codeFor('PUT', '/open/k', headers), 'InvalidArgument');
      t.equal(codeFor('POST', '/open/k?uploads', headers), 'InvalidArgument');
      t.equal(codeFor('PUT', '/open/k?partNumber=1&uploadId=u', headers), 'InvalidArgument');
      t.equal(codeFor('PUT', '/open/k', copying), 'InvalidArgument');
      t.equal(
        codeOf(() => outboundFor({ method: 'PUT', rawTarget: '/elsewhere/k', headers }, passing)),
        'InvalidArgument',
      );
      const echo = headers[`${TARGET}algorithm`] !== 'AES128';
      t.equal(codeFor('GET', '/open/k', headers), echo ? 'ok' : 'InvalidArgument', 'an echo in a read');
    }
    t.equal(codeFor('PUT', '/vault/k', { [`${TARGET}algorithm`]: 'AES256' }), 'ok', 'an echo');
    t.equal(codeFor('PUT', '/vault/k', { [`${TARGET}algorithm`]: 'AES128' }), 'InvalidArgument');
  },
);

t.test('drops what s3cmd copies from the response of a HEAD', async (t) => {
  const headers = {
    'x-amz-copy-source': '/vault/s',
    'x-amz-server-side-encryption-customer-algorithm': 'AES256',
    'x-amz-server-side-encryption-customer-key-md5': 'of an older key',
    'x-amz-copy-source-server-side-encryption-customer-algorithm': 'AES256',
    'keep-alive': 'timeout=5',
  };
  const sent = outboundFor({ method: 'PUT', rawTarget: '/vault/k', headers }, snapshot);
  t.equal(keyHeadersIn(sent), 'target+source');
  t.notOk('keep-alive' in sent.headers);
  t.equal(keyHeadersIn(outboundFor({ method: 'DELETE', rawTarget: '/vault/k', headers }, snapshot)), '');
});

t.test("lets a client's own SSE-C headers through where the rule says so", async (t) => {
  const own = ssecHeaders('target', OLD);
  const sent = outboundFor({ method: 'PUT', rawTarget: '/passed/k', headers: own }, snapshot);
  t.match(sent.headers, own);
  const source = Object.fromEntries(
    Object.entries(own).map(([name, value]) => [name.replace(TARGET, SOURCE), value]),
  );
  const copy = { 'x-amz-copy-source': '/passed/s', ...source };
  t.match(outboundFor({ method: 'PUT', rawTarget: '/open/k', headers: copy }, snapshot).headers, source);
});

t.test('sends a copy source newly made, and to operations that copy only', async (t) => {
  const value = (source: string): string | undefined =>
    outboundFor({ method: 'PUT', rawTarget: '/open/k', headers: { 'x-amz-copy-source': source } }, snapshot)
      .headers['x-amz-copy-source'];
  t.equal(value('open/a b+c'), 'open/a%20b%2Bc', 'a policy compares the slash too');
  t.equal(value('/open/a%2Fb//../%C3%A9?versionId=v%2B1'), '/open/a/b//../%C3%A9?versionId=v%2B1');
  t.equal(value('/open/a?b'), '/open/a%3Fb');
  t.equal(value(onWire('/open/é')), '/open/%C3%A9');
  const headers = { 'x-amz-copy-source': '/vault/secret' };
  t.notOk(
    'x-amz-copy-source' in
      outboundFor({ method: 'PUT', rawTarget: '/open/k?acl', headers }, snapshot).headers,
  );
  t.notOk(
    'x-amz-copy-source' in outboundFor({ method: 'GET', rawTarget: '/open/k', headers }, snapshot).headers,
  );
});

t.test('signs again, so that the store can verify it, and nothing of the client goes on', async (t) => {
  const headers = {
    Host: 'proxy.test',
    Authorization: 'AWS4-HMAC-SHA256 Credential=client/…',
    'x-amz-date': '20000101T000000Z',
    Date: 'Sat, 01 Jan 2000 00:00:00 GMT',
    'x-amz-security-token': 'token',
    Expect: '100-continue',
    'content-type': 'text/plain',
    'content-length': '3',
    'x-amz-meta-a': onWire('voilà  là'),
    'x-amz-content-sha256': 'ab'.repeat(32),
  };
  const sent = outboundFor(
    { method: 'PUT', rawTarget: '/vault/k?x-id=PutObject', headers },
    snapshot,
    'some',
  );
  const { credentials: client } = snapshot.upstream;
  t.equal(verifySent({ method: 'PUT', rawTarget: sent.path, headers: sent.headers }, { client }), client);
  t.match(sent.headers, { host: 's3.example.org', 'content-length': '3', 'x-amz-date': '20260601T120000Z' });
  t.match(sent.headers.authorization, /Credential=upstream\/20260601\/eu-test-1\/s3\/aws4_request/);
  for (const name of ['date', 'expect', 'x-amz-security-token']) t.notOk(name in sent.headers, name);
  t.notMatch(sent.headers.authorization, /content-length|expect/);
});

t.test('signs all that matters: host, type and every x-amz header', async (t) => {
  const headers = {
    'content-type': 'a/b',
    'content-md5': 'm',
    'x-amz-meta-a': '1',
    'user-agent': 'u',
    range: 'bytes=0-1',
  };
  const { authorization } = outboundFor({ method: 'PUT', rawTarget: '/vault/k', headers }, snapshot).headers;
  const names = /SignedHeaders=([^,]+)/.exec(authorization ?? '')?.[1];
  t.equal(
    names,
    `content-md5;content-type;host;x-amz-content-sha256;x-amz-date;x-amz-meta-a;${TARGET}algorithm;${TARGET}key;${TARGET}key-md5`,
  );
});

t.test('passes on the payload hash of the client, and says when it is not known', async (t) => {
  const hashOf = (headers: Record<string, string>, body: 'none' | 'some'): string | undefined =>
    outboundFor({ method: 'PUT', rawTarget: '/vault/k', headers }, snapshot, body).headers[
      'x-amz-content-sha256'
    ];
  const given = 'cd'.repeat(32);
  t.equal(hashOf({ 'x-amz-content-sha256': given }, 'some'), given);
  t.equal(hashOf({ 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }, 'some'), 'UNSIGNED-PAYLOAD');
  t.equal(hashOf({}, 'some'), 'UNSIGNED-PAYLOAD');
  t.equal(hashOf({}, 'none'), NOTHING);
});

t.test('states the length of what it sends', async (t) => {
  const lengthOf = (method: string, headers: Record<string, string> = {}): string | undefined =>
    outboundFor({ method, rawTarget: '/vault/k?tagging', headers }, snapshot).headers['content-length'];
  t.equal(lengthOf('PUT', { 'content-length': '7' }), '7');
  t.equal(lengthOf('PUT'), '0', 'an empty PUT says so');
  t.equal(lengthOf('GET'), undefined);
  const twice: Request = { method: 'PUT', rawTarget: '/vault/k', headers: { 'content-length': ['1', '2'] } };
  t.equal(
    codeOf(() => outboundFor(twice, snapshot)),
    'InvalidRequest',
  );
});

t.test('leaves a preflight unsigned', async (t) => {
  const headers = { origin: 'https://a.test', 'access-control-request-method': 'PUT', authorization: 'a' };
  const sent = outboundFor({ method: 'OPTIONS', rawTarget: '/vault/k', headers }, snapshot);
  t.match(sent.headers, { origin: 'https://a.test', 'access-control-request-method': 'PUT' });
  for (const name of Object.keys(sent.headers)) t.notMatch(name, /^authorization$|^x-amz-/);
});

t.test('keeps end-to-end fields and drops those of the hop', async (t) => {
  const headers = {
    connection: 'close, x-hop, x-amz-copy-source, x-amz-meta-a, range',
    'x-hop': '1',
    'keep-alive': 'timeout=5',
    te: 'trailers',
    trailer: 'x',
    upgrade: 'h2c',
    'proxy-authorization': 'p',
    'transfer-encoding': 'chunked',
    'x-amz-meta-a': '1',
    range: 'bytes=0-1',
    'if-none-match': '"e"',
    'accept-encoding': 'identity',
    'x-amz-copy-source': '/open/s',
  };
  const sent = outboundFor({ method: 'PUT', rawTarget: '/open/k', headers }, snapshot);
  t.match(sent.headers, {
    'x-amz-copy-source': '/open/s',
    'x-amz-meta-a': '1',
    range: 'bytes=0-1',
    'if-none-match': '"e"',
    'accept-encoding': 'identity',
  });
  const gone = ['x-hop', 'keep-alive', 'trailer', 'upgrade', 'proxy-authorization', 'transfer-encoding'];
  for (const name of gone) t.notOk(name in sent.headers, name);
  t.match(sent.headers, { te: 'trailers', connection: 'TE' }, 'what the next hop is told is ours');
});

t.test('joins repeated metadata and refuses other repeated x-amz headers', async (t) => {
  const repeated = (name: string): Request => ({
    method: 'PUT',
    rawTarget: '/open/k',
    headers: { [name]: ['1', '2'] },
  });
  t.equal(outboundFor(repeated('x-amz-meta-a'), snapshot).headers['x-amz-meta-a'], '1,2');
  t.equal(outboundFor(repeated('cache-control'), snapshot).headers['cache-control'], '1,2');
  for (const name of ['x-amz-acl', 'x-amz-tagging', 'x-amz-if-match-size']) {
    t.equal(
      codeOf(() => outboundFor(repeated(name), snapshot)),
      'InvalidRequest',
      name,
    );
  }
});

t.test('joins what S3 takes as a list', async (t) => {
  for (const [method, rawTarget, name] of [
    ['GET', '/vault/k?attributes', 'x-amz-object-attributes'],
    ['GET', '/vault?list-type=2', 'x-amz-optional-object-attributes'],
    ['GET', '/vault?versions', 'x-amz-optional-object-attributes'],
    ['PUT', '/vault/k', 'x-amz-grant-read'],
    ['PUT', '/vault/k?acl', 'x-amz-grant-write-acp'],
    ['PUT', '/vault?acl', 'x-amz-grant-write'],
    ['PUT', '/vault/k', 'x-amz-trailer'],
  ] as const) {
    const headers = { [name]: ['A', 'B'] };
    const sent = outboundFor({ method, rawTarget, headers }, snapshot);
    t.equal(sent.headers[name], 'A,B', `${method} ${rawTarget} ${name}`);
  }
});

t.test(
  'addresses by path or by host name, and buckets that are not a single label by path always',
  async (t) => {
    const address = (rawTarget: string, upstream: Parameters<typeof snapshotOf>[0] = {}): string => {
      const sent = outboundFor({ method: 'GET', rawTarget }, snapshotOf({ rules: RULES, ...upstream }));
      return `${sent.headers.host}${sent.path}`;
    };
    const virtual = { upstream: { addressing: 'virtual' } } as const;
    t.equal(address('/vault/a//b'), 's3.example.org/vault/a//b');
    t.equal(address('/vault/a//b', virtual), 'vault.s3.example.org/a//b');
    t.equal(address('/vault//a', virtual), 'vault.s3.example.org//a');
    t.equal(address('/vault?acl', virtual), 'vault.s3.example.org/?acl');
    t.equal(address('/vault/?acl'), 's3.example.org/vault?acl');
    t.equal(address('/', virtual), 's3.example.org/');
    t.equal(address('/my.dotted/k', virtual), 's3.example.org/my.dotted/k');
    t.equal(address('/Old_Name/k', virtual), 's3.example.org/Old_Name/k');
    const elsewhere = { protocol: 'http:', hostname: '2001:db8::1', port: 9000, basePath: '/base' } as const;
    t.equal(address('/vault/k', { upstream: elsewhere }), '[2001:db8::1]:9000/base/vault/k');
    t.equal(address('/vault/k', { upstream: { protocol: 'http:', port: 80 } }), 's3.example.org/vault/k');
    t.equal(address('/vault/k', { upstream: { port: 80 } }), 's3.example.org:80/vault/k');
  },
);

t.test('sends a request to a host name of the proxy to the same bucket', async (t) => {
  const domains = ['proxy.test'];
  const headers = { host: 'vault.proxy.test:8443' };
  const sent = outboundFor(
    { method: 'GET', rawTarget: '/k', headers },
    snapshotOf({ rules: RULES, domains }),
  );
  t.equal(`${sent.headers.host}${sent.path}`, 's3.example.org/vault/k');
});

t.test('sends random object keys on byte for byte, signed as the store reads them', async () => {
  const { credentials: client } = snapshot.upstream;
  fc.assert(
    fc.property(
      bucketNames,
      objectKeys,
      fc.constantFrom('path', 'virtual'),
      (bucket, objectKey, addressing) => {
        const open = snapshotOf({ rules: [{ bucket: '*', encrypt: [NEW] }], upstream: { addressing } });
        const sent = outboundFor({ method: 'GET', rawTarget: `/${bucket}/${encodePath(objectKey)}` }, open);
        const inPath = addressing === 'path' ? `/${bucket}/` : '/';
        const verified = verifySent(
          { method: 'GET', rawTarget: sent.path, headers: sent.headers },
          { client },
        );
        return (
          sent.path.startsWith(inPath) &&
          decodeURIComponent(sent.path.slice(inPath.length)) === objectKey &&
          /^[\x21-\x7e]+$/.test(sent.path) &&
          !/[?#\\]/.test(sent.path) &&
          verified === client
        );
      },
    ),
    { numRuns: 100 },
  );
});

t.test('signs white space as the store does, and sends it as it came', (t) => {
  const wide = Buffer.from('a\u202Fb', 'utf8').toString('latin1');
  for (const [provider, value, signedAs] of [
    ['minio', 'a\tb', 'a b'],
    ['minio', wide, 'a b'],
    ['seaweedfs', wide, 'a b'],
    ['garage', 'a  b', undefined],
    ['ceph', 'a \tb', 'a b'],
    ['generic', 'a  b', 'a b'],
  ] as const) {
    const at = snapshotOf({ rules: RULES, upstream: { provider: PROVIDERS[provider], addressing: 'path' } });
    const sent = (text: string) =>
      outboundFor({ method: 'PUT', rawTarget: '/open/k', headers: { 'x-amz-meta-a': text } }, at).headers;
    t.equal(sent(value)['x-amz-meta-a'], value);
    if (signedAs === undefined) t.not(sent(value)['authorization'], sent('a b')['authorization'], provider);
    else t.equal(sent(value)['authorization'], sent(signedAs)['authorization'], provider);
  }
  t.end();
});

t.test('refuses white space where it is not known how the store signs it', (t) => {
  const wide = Buffer.from('a\u00A0b', 'utf8').toString('latin1');
  for (const name of ['generic', 'aws', 'obs'] as const) {
    const at = snapshotOf({ rules: RULES, upstream: { provider: PROVIDERS[name], addressing: 'path' } });
    // AWS's documentation speaks of spaces alone.
    for (const value of name === 'aws' ? ['a\tb'] : ['a\tb', wide]) {
      const put = { method: 'PUT', rawTarget: '/open/k', headers: { 'x-amz-meta-a': value } };
      t.equal(
        codeOf(() => outboundFor(put, at)),
        'InvalidArgument',
        name,
      );
    }
  }
  t.end();
});
