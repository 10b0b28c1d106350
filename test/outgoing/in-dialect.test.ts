import { createHash, createHmac } from 'node:crypto';
import t from 'tap';
import { OBS } from '../../src/dialects/obs.ts';
import { PROVIDERS } from '../../src/s3/providers.ts';
import { codeOf } from '../support/failure.ts';
import { outboundFor, type Request } from '../support/planned.ts';
import { NOW } from '../support/signed.ts';
import { snapshotOf, testSsecKey } from '../support/snapshot.ts';

const KEY = testSsecKey('new');
const snapshot = snapshotOf({
  rules: [
    { bucket: 'vault', encrypt: [KEY] },
    { bucket: 'open', encrypt: 'off' },
    { bucket: 'my.dotted', encrypt: 'off' },
  ],
  upstream: {
    provider: PROVIDERS.obs,
    dialect: OBS,
    hostname: 'obs.eu-de.otc.t-systems.com',
    region: 'eu-de',
    addressing: 'virtual',
  },
});
const MD5 = createHash('md5').update('hello').digest('base64');
const SECRET = 'secret of upstream for tests';
const CUSTOMER = 'x-obs-server-side-encryption-customer-';
const SOURCE = 'x-obs-copy-source-server-side-encryption-customer-';

/** As OBS documents it; written out, so that the signer is not its own judge. */
function signatureOf(...lines: readonly string[]): string {
  return `OBS upstream:${createHmac('sha1', SECRET).update(lines.join('\n'), 'latin1').digest('base64')}`;
}

t.test('a PutObject goes out with the names of OBS and its signature, to the host of the bucket', (t) => {
  const headers = {
    'content-type': 'text/plain',
    'content-md5': MD5,
    'content-length': '5',
    'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
    'x-amz-meta-colour': 'red',
    'x-amz-storage-class': 'STANDARD_IA',
    'x-amz-checksum-crc32': 'AAAAAA==',
    'x-amz-sdk-checksum-algorithm': 'CRC32',
  };
  const sent = outboundFor({ method: 'PUT', rawTarget: '/vault/a%20b+c', headers }, snapshot, 'some');
  const date = NOW.toUTCString();
  t.strictSame(sent, {
    method: 'PUT',
    path: '/a%20b%2Bc',
    headers: {
      host: 'vault.obs.eu-de.otc.t-systems.com',
      date,
      'content-type': 'text/plain',
      'content-md5': MD5,
      'content-length': '5',
      'x-obs-meta-colour': 'red',
      'x-obs-storage-class': 'WARM',
      [`${CUSTOMER}algorithm`]: 'AES256',
      [`${CUSTOMER}key`]: KEY.base64,
      [`${CUSTOMER}key-md5`]: KEY.md5,
      authorization: signatureOf(
        'PUT',
        MD5,
        'text/plain',
        date,
        'x-obs-meta-colour:red',
        `${CUSTOMER}algorithm:AES256`,
        `${CUSTOMER}key:${KEY.base64}`,
        `${CUSTOMER}key-md5:${KEY.md5}`,
        'x-obs-storage-class:WARM',
        '/vault/a%20b%2Bc',
      ),
    },
  });
  t.end();
});

t.test('a GetObject too, with the parameters that OBS signs', (t) => {
  const rawTarget = '/vault/k?versionId=v%2B1&x-id=GetObject&response-content-type=text/x';
  const { path, headers } = outboundFor(
    { method: 'GET', rawTarget, headers: { range: 'bytes=0-3' } },
    snapshot,
  );
  t.equal(path, '/k?versionId=v%2B1&response-content-type=text%2Fx', 'the name of the operation stays here');
  t.match(headers, { range: 'bytes=0-3', date: NOW.toUTCString() });
  t.equal(
    headers['authorization'],
    signatureOf(
      'GET',
      '',
      '',
      NOW.toUTCString(),
      `${CUSTOMER}algorithm:AES256`,
      `${CUSTOMER}key:${KEY.base64}`,
      `${CUSTOMER}key-md5:${KEY.md5}`,
      '/vault/k?response-content-type=text/x&versionId=v+1',
    ),
  );
  t.end();
});

t.test('lists and the service sign the bucket with a slash, and the slash alone', (t) => {
  const signed = (rawTarget: string) =>
    outboundFor({ method: 'GET', rawTarget }, snapshot).headers['authorization'];
  const at = (resource: string) => signatureOf('GET', '', '', NOW.toUTCString(), resource);
  t.equal(signed('/open?prefix=a'), at('/open/'));
  t.equal(signed('/'), at('/'));
  t.equal(signed('/my.dotted?prefix=a'), at('/my.dotted'), 'a bucket with a dot stays in the path');
  t.end();
});

t.test('no header of another dialect goes out, whatever comes in', (t) => {
  const copy = {
    'x-amz-copy-source': '/open/a b',
    'x-amz-metadata-directive': 'COPY',
    'x-amz-acl': 'private',
  };
  const requests: readonly Request[] = [
    { method: 'GET', rawTarget: '/vault/k', headers: { 'x-amz-checksum-mode': 'ENABLED' } },
    { method: 'HEAD', rawTarget: '/open/k' },
    { method: 'PUT', rawTarget: '/open/k', headers: copy },
    { method: 'PUT', rawTarget: '/vault/k', headers: copy },
    {
      method: 'GET',
      rawTarget: '/open?list-type=2',
      headers: { 'x-amz-optional-object-attributes': 'RestoreStatus' },
    },
    { method: 'POST', rawTarget: '/vault/k?uploads', headers: { 'x-amz-checksum-algorithm': 'CRC32' } },
  ];
  for (const request of requests) {
    const { headers } = outboundFor(request, snapshot);
    const foreign = Object.keys(headers).filter((name) => /^x-(?!obs-)/.test(name));
    t.strictSame(foreign, [], `${request.method} ${request.rawTarget}`);
    t.notOk('x-obs-date' in headers || 'x-obs-content-sha256' in headers);
  }
  t.end();
});

t.test('the source of a copy, and the key of its source', (t) => {
  const headers = { 'x-amz-copy-source': '/vault/dir/a+b c%2B' };
  const sent = outboundFor({ method: 'PUT', rawTarget: '/open/k', headers }, snapshot).headers;
  t.equal(sent['x-obs-copy-source'], '/vault/dir/a%2Bb%20c%2B');
  t.equal(sent[`${SOURCE}key`], KEY.base64);
  t.end();
});

t.test('what OBS has no word for is refused where leaving it out would change what is done', (t) => {
  for (const [name, value] of [
    ['x-amz-expected-bucket-owner', '123'],
    ['x-amz-object-lock-legal-hold', 'ON'],
    ['x-amz-acl', 'authenticated-read'],
    ['x-amz-server-side-encryption-context', 'e30='],
  ] as const) {
    const request = { method: 'PUT', rawTarget: '/open/k', headers: { [name]: value } };
    t.equal(
      codeOf(() => outboundFor(request, snapshot)),
      'NotImplemented',
      name,
    );
  }
  t.end();
});
