import { createHash, createHmac } from 'node:crypto';
import t from 'tap';
import { GOOGLE } from '../../src/dialects/google.ts';
import { keyNamesOf } from '../../src/dialects/key-hash.ts';
import { toInternal } from '../../src/dialects/translate.ts';
import { WireHeaders } from '../../src/s3/headers.ts';
import { PROVIDERS } from '../../src/s3/providers.ts';
import { echoOf } from '../../src/ssec/headers.ts';
import { codeOf } from '../support/failure.ts';
import { outboundFor } from '../support/planned.ts';
import { NOW } from '../support/signed.ts';
import { snapshotOf, testSsecKey } from '../support/snapshot.ts';

const KEY = testSsecKey('new');
const snapshot = snapshotOf({
  rules: [{ bucket: 'vault', encrypt: [KEY] }],
  upstream: {
    provider: PROVIDERS.generic,
    dialect: GOOGLE,
    hostname: 'storage.googleapis.com',
    region: 'europe-west3',
    addressing: 'path',
  },
});
const SHA256 = createHash('sha256').update(Buffer.from(KEY.base64, 'base64')).digest('base64');

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** As Google documents it; written out, so that the signer is not its own judge. */
function signatureOf(canonical: string, timestamp: string): string {
  const date = timestamp.slice(0, 8);
  const key = ['europe-west3', 'storage', 'goog4_request'].reduce(
    hmac,
    hmac('GOOG4secret of upstream for tests', date),
  );
  const digest = createHash('sha256').update(canonical).digest('hex');
  const text = `GOOG4-HMAC-SHA256\n${timestamp}\n${date}/europe-west3/storage/goog4_request\n${digest}`;
  return hmac(key, text).toString('hex');
}

t.test(
  'a PutObject goes out with the names of Google, the SHA-256 of its key, and its signature',
  async (t) => {
    const headers = {
      'content-type': 'text/plain',
      'content-length': '5',
      'x-amz-meta-colour': 'red',
      'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
    };
    const sent = outboundFor({ method: 'PUT', rawTarget: '/vault/a%20b+c', headers }, snapshot, 'some');
    const timestamp = NOW.toISOString().replace(/[-:]|\.\d+/g, '');
    const { authorization, ...rest } = sent.headers;
    t.strictSame(rest, {
      host: 'storage.googleapis.com',
      'content-type': 'text/plain',
      'content-length': '5',
      'x-goog-meta-colour': 'red',
      'x-goog-encryption-algorithm': 'AES256',
      'x-goog-encryption-key': KEY.base64,
      'x-goog-encryption-key-sha256': SHA256,
      'x-goog-content-sha256': 'UNSIGNED-PAYLOAD',
      'x-goog-date': timestamp,
    });
    const names = Object.keys(rest)
      .filter((name) => name !== 'content-length')
      .toSorted();
    const lines = names.map((name) => `${name}:${rest[name]}\n`).join('');
    const canonical = `PUT\n/vault/a%20b%2Bc\n\n${lines}\n${names.join(';')}\nUNSIGNED-PAYLOAD`;
    t.equal(
      authorization,
      `GOOG4-HMAC-SHA256 Credential=upstream/${timestamp.slice(0, 8)}/europe-west3/storage/goog4_request, SignedHeaders=${names.join(';')}, Signature=${signatureOf(canonical, timestamp)}`,
    );
  },
);

t.test('what Google has no header for is refused', async (t) => {
  const ask = (headers: Readonly<Record<string, string>>): string =>
    codeOf(() => outboundFor({ method: 'PUT', rawTarget: '/vault/k', headers }, snapshot, 'some'));
  t.equal(ask({ 'content-length': '1', 'x-amz-tagging': 'a=b' }), 'NotImplemented');
  t.equal(ask({ 'content-length': '1', 'x-amz-acl': 'aws-exec-read' }), 'NotImplemented');
  t.equal(ask({ 'content-length': '1', 'x-amz-acl': 'private' }), 'ok');
});

t.test('the echo of the key by its SHA-256 is the proof, and that of another key is none', async (t) => {
  const sent = { 'x-goog-encryption-key': KEY.base64 };
  const echo = (sha256: string): ReturnType<typeof echoOf> => {
    const answer = ['x-goog-encryption-algorithm', 'AES256', 'x-goog-encryption-key-sha256', sha256];
    const said = toInternal(new WireHeaders(answer), GOOGLE, keyNamesOf(sent, GOOGLE));
    return echoOf({ rawHeaders: [...said.entries()].flatMap(([name, [value = '']]) => [name, value]) }, KEY);
  };
  t.equal(echo(SHA256), 'ours');
  t.equal(echo(createHash('sha256').update('another').digest('base64')), 'different');
  t.equal(echo(KEY.md5), 'different', 'its MD5 is not what was asked for');
});
