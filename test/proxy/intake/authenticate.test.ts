import t from 'tap';
import type { ListenerSettings } from '../../../src/listener/settings.ts';
import type { Admitted, Caller } from '../../../src/proxy/intake/admitted.ts';
import { authenticate } from '../../../src/proxy/intake/authenticate.ts';
import type { Message } from '../../../src/proxy/message.ts';
import { parseTarget } from '../../../src/s3/target.ts';
import { SigningKeys } from '../../../src/sigv4/signing-keys.ts';
import type { Snapshot } from '../../../src/snapshot/snapshot.ts';
import { codeOf, refusal } from '../../support/failure.ts';
import { wireHeaders } from '../../support/headers.ts';
import { NOW, REGION } from '../../support/signed.ts';
import { aws4Signer } from '../../support/signers.ts';
import { EVERYTHING, snapshotOf, testClient, testCredentials } from '../../support/snapshot.ts';

const NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const MAPPED = testCredentials('mapped');
const snapshot = snapshotOf({ clients: [testClient('app', MAPPED)], domains: ['s3.proxy.test'] });
const SIGNED_IN: ListenerSettings = {
  host: '127.0.0.1',
  port: 8443,
  tls: undefined,
  auth: 'sigv4',
  permissions: EVERYTHING,
};
const SIDECAR: ListenerSettings = {
  ...SIGNED_IN,
  auth: 'none',
  permissions: { admin: false, grants: 'all' },
};

interface Asking {
  readonly method?: string;
  readonly rawTarget?: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly listener?: ListenerSettings;
  readonly from?: Snapshot;
}

function ask(asking: Asking): Caller {
  return admit(asking).caller;
}

function admit({
  method = 'GET',
  rawTarget = '/bucket/k',
  headers,
  listener = SIDECAR,
  from = snapshot,
}: Asking): Admitted {
  const wire = wireHeaders(headers);
  const received: Pick<Message, 'method' | 'headers'> = { method, headers: wire };
  const target = parseTarget(rawTarget, undefined, []);
  const context = { snapshot: from, listener, signingKeys: new SigningKeys(), now: NOW };
  return authenticate({ received: received as Message, rawTarget }, target, context);
}

const signed = (accessKeyId: string): Promise<Record<string, string>> =>
  aws4Signer(
    { method: 'GET', path: '/bucket/k', query: {}, headers: { host: 'h', 'x-amz-content-sha256': NOTHING } },
    { credentials: testCredentials(accessKeyId), region: REGION, now: NOW },
  );

t.test('maps a client to the credentials that it has at the upstream', async (t) => {
  const caller = ask({ headers: await signed('app'), listener: SIGNED_IN });
  t.match(caller, { name: 'app', permissions: EVERYTHING });
  t.equal(caller.signer(snapshot.upstream), MAPPED);
  const other = { ...snapshot.upstream, name: 'upstreams.other', credentials: testCredentials('other') };
  t.equal(caller.signer(other), other.credentials, 'elsewhere with those of the upstream');
  const stranger = await signed('stranger');
  t.equal(
    codeOf(() => ask({ headers: stranger, listener: SIGNED_IN })),
    'InvalidAccessKeyId',
  );
  t.equal(
    codeOf(() => ask({ headers: { host: 'h' }, listener: SIGNED_IN })),
    'AccessDenied',
  );
});

t.test('wants the region of the upstream when it is strict', async (t) => {
  const headers = await signed('app');
  const strict = (region: string): Snapshot => ({
    ...snapshot,
    region: 'strict',
    upstream: { ...snapshot.upstream, region },
  });
  t.equal(ask({ headers, listener: SIGNED_IN, from: strict(REGION) }).name, 'app');
  const elsewhere = (): Caller => ask({ headers, listener: SIGNED_IN, from: strict('us-west-2') });
  t.match(refusal(elsewhere), { code: 'AuthorizationHeaderMalformed', fields: { Region: 'us-west-2' } });
});

t.test('lets a preflight in unsigned, as a browser sends it, and with no permissions', async (t) => {
  const caller = ask({
    method: 'OPTIONS',
    headers: { host: 'h', origin: 'https://a.test' },
    listener: SIGNED_IN,
  });
  t.match(caller, { name: 'preflight', permissions: { admin: false, grants: [] } });
});

t.test('lets the programs beside a listener without authentication in', async (t) => {
  for (const host of [
    '127.0.0.1:8443',
    'localhost',
    'LOCALHOST:1',
    '[::1]:8443',
    's3.proxy.test',
    'b.s3.proxy.test:8443',
  ]) {
    const caller = ask({ headers: { host } });
    t.equal(caller.signer(snapshot.upstream), snapshot.upstream.credentials, host);
    t.equal(caller.permissions, SIDECAR.permissions);
  }
  t.equal(
    ask({ headers: { host: '[::1]:80' }, listener: { ...SIDECAR, host: '::1' } }).name,
    'anyone on this listener',
  );
  t.doesNotThrow(
    () => ask({ headers: { host: 'localhost', 'sec-fetch-mode': 'cors' } }),
    "Node's fetch, which is no browser",
  );
  t.doesNotThrow(() => ask({ headers: { host: 'localhost', authorization: 'AWS whatever:x' } }), 'unread');
});

t.test(
  'a listener without authentication takes the dialect that a signature claims, where it is on',
  async (t) => {
    const host = 'localhost';
    const source = { host, 'x-obs-copy-source': 'b/a+b%2B', 'x-obs-date': 'now' };
    const on = { ...snapshot, obs: true };
    const claims: Pick<Asking, 'rawTarget' | 'headers'>[] = [
      { headers: { ...source, authorization: 'OBS anybody:x' } },
      { headers: source, rawTarget: '/bucket/k?AccessKeyId=anybody&Expires=1&Signature=x' },
    ];
    for (const claim of claims) {
      const { dialect, message, target } = admit({ ...claim, from: on });
      t.equal(dialect?.name, 'obs');
      t.equal(message.headers.joined('x-amz-copy-source'), 'b/a%20b%2B');
      t.notOk(message.headers.has('x-obs-date'));
      t.same(target.query.parameters, []);
      t.equal(admit(claim).dialect, undefined, 'off');
    }
    const v2 = { host, authorization: 'AWS anybody:x', 'x-amz-copy-source': 'b/a+b' };
    t.equal(admit({ headers: v2, from: on }).message.headers.joined('x-amz-copy-source'), 'b/a%20b');
    t.equal(admit({ headers: v2 }).message.headers.joined('x-amz-copy-source'), 'b/a+b');
    const mixed = { ...source, authorization: 'OBS anybody:x', 'x-amz-acl': 'private' };
    t.equal(
      codeOf(() => admit({ headers: mixed, from: on })),
      'InvalidRequest',
    );
  },
);

t.test('keeps web pages out of a listener without authentication', async (t) => {
  const host = 'localhost:8443';
  const pages: Asking['headers'][] = [
    {},
    { host: '' },
    { host: 'rebound.attacker.test:8443' },
    { host: '127.0.0.1.attacker.test' },
    { host: 'localhost.attacker.test' },
    { host: 'xs3.proxy.test' },
    { host: ['localhost', 'attacker.test'] },
    { host, origin: 'https://attacker.test' },
    { host, origin: 'null' },
    { host, origin: 'http://localhost:8443' },
    { host, 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    { host, 'sec-fetch-site': 'same-origin' },
    { host, 'sec-fetch-site': 'cross-site' },
    { host, 'sec-fetch-site': 'same-site' },
    { host, 'sec-fetch-site': '' },
    { host, 'sec-fetch-site': ['none', 'cross-site'] },
  ];
  for (const headers of pages) {
    t.equal(
      codeOf(() => ask({ headers })),
      'AccessDenied',
      JSON.stringify(headers),
    );
    t.equal(
      codeOf(() => ask({ method: 'OPTIONS', headers })),
      'AccessDenied',
      'nor by a preflight',
    );
  }
});

t.test('takes the signature off a presigned URL where nobody is asked for one', async (t) => {
  const rawTarget =
    '/bucket/k?versionId=1&X-Amz-Signature=s&X-Amz-Security-Token=t&X-Amz-Content-Sha256=UNSIGNED-PAYLOAD&x-amz-acl=private&x-amz-tagging=b';
  const { target, message } = admit({ rawTarget, headers: { host: 'localhost', 'x-amz-tagging': 'a' } });
  const { headers } = message;
  t.equal(target.query.encode(), 'versionId=1');
  t.equal(headers.single('x-amz-acl'), 'private', 'what signers hoist is a header again');
  t.equal(headers.single('x-amz-content-sha256'), 'UNSIGNED-PAYLOAD');
  t.equal(headers.single('x-amz-tagging'), 'a', 'a header that came as one stays');
  t.notOk(headers.has('x-amz-security-token'));
});

t.test('takes the signature off the preflight of a presigned URL', async (t) => {
  const rawTarget = '/bucket/k?X-Amz-Signature=s&X-Amz-Credential=c&versionId=1';
  const { target } = admit({ method: 'OPTIONS', rawTarget, headers: { host: 'h' }, listener: SIGNED_IN });
  t.equal(target.query.encode(), 'versionId=1');
});
