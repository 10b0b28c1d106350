import { createHmac } from 'node:crypto';
import t from 'tap';
import { textToSign } from '../../src/sigv2/sign.ts';
import { codeOf, refusal } from '../support/failure.ts';
import { onWire } from '../support/headers.ts';
import { DATED_TWICE, OBS_VECTORS, RECORDER, type Sent, TOKEN, verifyRecorded } from './vectors.ts';

t.test('verifies every recorded request of the SDKs from the wire alone', async (t) => {
  const verified = OBS_VECTORS.filter((vector) => {
    const code = codeOf(() => {
      const { holder, dialect } = verifyRecorded(vector);
      t.equal(holder.accessKeyId, RECORDER.accessKeyId);
      t.equal(dialect?.name, vector.scheme === 'OBS' ? 'obs' : undefined);
    });
    if (code !== 'ok') t.fail(`${code}: ${vector.sdk} ${vector.method} ${vector.target}`);
    return code === 'ok';
  });
  t.equal(verified.length, 146);
});

t.test('takes the Date in what was signed although there is an x-obs-date', async (t) => {
  t.equal(
    codeOf(() => verifyRecorded(DATED_TWICE)),
    'ok',
  );
});

interface Made {
  readonly method?: string;
  readonly target?: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly host?: string;
}

/** A request of the recorder with the signature of a text. */
function sentBy(
  text: string,
  { method = 'GET', target = '/k', headers = [], host = 'bkt.obs.lab.test' }: Made,
): Sent {
  const signature = createHmac('sha1', RECORDER.secretAccessKey.reveal())
    .update(text, 'latin1')
    .digest('base64');
  const authorization = `OBS ${RECORDER.accessKeyId}:${signature}`;
  return { method, target, headers: [['Host', host], ...headers, ['Authorization', authorization]] };
}

function signed(text: string, made: Made = {}): string {
  return codeOf(() => verifyRecorded(sentBy(text, made), { now: NOW }));
}

const NOW = new Date('2026-11-26T19:20:00Z');
const EXPIRES = String(NOW.getTime() / 1000 + 60);

t.test('reads the dates of every SDK', async (t) => {
  for (const date of [
    'Thu, 26 Nov 2026 19:20:07 GMT',
    // By huaweicloudsdkobs.
    'Thu Nov 26 2026 19:20:07 GMT',
    '20261126T192007Z',
  ]) {
    t.equal(signed(`GET\n\n\n${date}\n/bkt/k`, { headers: [['Date', date]] }), 'ok', date);
    t.equal(signed(`GET\n\n\n\nx-obs-date:${date}\n/bkt/k`, { headers: [['x-obs-date', date]] }), 'ok', date);
  }
  for (const date of ['', 'yesterday', '2026', 'Thu, 26 Nov 2026 19:20:07'])
    t.equal(signed(`GET\n\n\n${date}\n/bkt/k`, { headers: [['Date', date]] }), 'AccessDenied', date);
  t.equal(signed('GET\n\n\n\n/bkt/k'), 'AccessDenied', 'none');
});

t.test('signs bytes as they are, those too that read like a space', async (t) => {
  for (const value of [onWire('à'), onWire('中文'), '%E4%B8%AD%E6%96%87 x', 'a  b', '\u00a0']) {
    const headers = [
      ['Date', NOW.toUTCString()],
      ['x-obs-meta-a', value],
      ['Content-Type', value],
    ] as const;
    const text = `GET\n\n${value}\n${NOW.toUTCString()}\nx-obs-meta-a:${value}\n/bkt/k`;
    t.equal(signed(text, { headers }), 'ok');
    const outgoing = { date: NOW.toUTCString(), 'x-obs-meta-a': value, 'content-type': value };
    t.equal(textToSign({ method: 'GET', path: '/k', bucket: 'bkt', headers: outgoing }), text);
  }
});

t.test(
  'takes links of SigV2 with what SDKs of OBS leave in the query, and what boto3 hoists out of it',
  async (t) => {
    const client = { ...RECORDER, sessionToken: TOKEN };
    const token = encodeURIComponent(TOKEN.reveal());
    for (const text of [
      `GET\n\n\n${EXPIRES}\n/bkt/k?x-amz-security-token=${TOKEN.reveal()}`,
      `GET\n\n\n${EXPIRES}\nx-amz-security-token:${TOKEN.reveal()}\n/bkt/k`,
    ]) {
      const signature = createHmac('sha1', RECORDER.secretAccessKey.reveal()).update(text).digest('base64');
      const claim = `AWSAccessKeyId=${RECORDER.accessKeyId}&Expires=${EXPIRES}&Signature=${encodeURIComponent(signature)}`;
      const sent = { method: 'GET', headers: [['Host', 'bkt.obs.lab.test']] as const };
      const open = (more: string, options = {}): string =>
        codeOf(() =>
          verifyRecorded({ ...sent, target: `/k?${claim}&${more}` }, { now: NOW, client, ...options }),
        );
      t.equal(open(`x-amz-security-token=${token}`), 'ok');
      t.equal(open(`x-amz-security-token=${token}a`), 'SignatureDoesNotMatch');
      t.equal(open(`x-amz-security-token=${token}&x-amz-acl=public-read`), 'SignatureDoesNotMatch');
      t.equal(open(`x-amz-security-token=${token}&content-type=text/html`), 'SignatureDoesNotMatch');
      const off = text.includes('?') ? 'SignatureDoesNotMatch' : 'ok';
      t.equal(open(`x-amz-security-token=${token}`, { obs: false }), off, 'as without obs');
    }
  },
);

t.test('says in the log that a domain is missing where the bucket stands in the host name', async (t) => {
  const headers = [['Date', NOW.toUTCString()]] as const;
  for (const [host, resource] of [
    ['bkt.proxy.test', '/bkt/key'],
    ['bkt.proxy.test:8443', '/bkt/key'],
    ['my.bkt.proxy.test', '/my.bkt/key'],
  ] as const) {
    const text = `GET\n\n\n${NOW.toUTCString()}\n${resource}`;
    const reason = (by: string): string | undefined =>
      refusal(() => verifyRecorded(sentBy(by, { headers, host, target: '/key' }), { now: NOW })).reason;
    t.match(reason(text), /add what stands behind the bucket to domains/);
    t.match(reason(`${text}x`), /another secret access key/);
  }
});

t.test('knows a custom domain by its own name and by that of its bucket', async (t) => {
  const headers = [['Date', NOW.toUTCString()]] as const;
  const at = (resource: string, host: string, target = '/k'): string =>
    signed(`GET\n\n\n${NOW.toUTCString()}\n${resource}`, { headers, host, target });
  t.equal(at('/files.example.test/k', 'files.example.test'), 'ok');
  t.equal(at('/files.example.test/k', 'FILES.example.test:8080'), 'ok');
  t.equal(at('/b0b/k', 'files.example.test'), 'ok');
  t.equal(at('/files.example.test/?acl', 'files.example.test', '/?acl'), 'ok');
  t.equal(at('/other.example.test/k', 'files.example.test'), 'SignatureDoesNotMatch');
  t.equal(at('/files.example.test/k', 'other.example.test', '/b0b/k'), 'SignatureDoesNotMatch', 'path style');
});

t.test('leaves the signatures of S3 as they are where the dialect of OBS is off', async (t) => {
  for (const vector of OBS_VECTORS) {
    const code = codeOf(() => verifyRecorded(vector, { obs: false }));
    if (vector.scheme === 'OBS') t.equal(code, 'InvalidArgument');
  }
});
