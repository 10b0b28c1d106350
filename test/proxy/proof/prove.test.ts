import t from 'tap';
import { requireProof, requireTrust } from '../../../src/proxy/proof/prove.ts';
import { PROVIDERS, type Provider } from '../../../src/s3/providers.ts';
import type { Snapshot } from '../../../src/snapshot/snapshot.ts';
import { ssecHeaders } from '../../../src/ssec/headers.ts';
import { responseWith, withExchange } from '../../support/exchange.ts';
import { codeOf } from '../../support/failure.ts';
import { planOf } from '../../support/planned.ts';
import { servingOf } from '../../support/serving.ts';
import { snapshotOf, testSsecKey } from '../../support/snapshot.ts';

const KEY = testSsecKey('a');
const SSEC_PREFIX = 'x-amz-server-side-encryption-customer-';
const ECHO = [`${SSEC_PREFIX}algorithm: AES256`, `${SSEC_PREFIX}key-MD5: ${KEY.md5}`];
const withoutEcho = { operations: ['PutObject' as const], headShare: 0.5 };
const snapshot = snapshotOf({
  rules: [
    { bucket: 'vault', encrypt: [KEY] },
    { bucket: 'passed', encrypt: [KEY], clientHeaders: 'pass' },
    { bucket: 'open', encrypt: 'off', clientHeaders: 'pass' },
  ],
});
const withRow = (row: Partial<Provider>): Snapshot => ({
  ...snapshot,
  upstream: { ...snapshot.upstream, provider: { ...PROVIDERS.aws, ...row } },
});
const mute = withRow({ withoutEcho });

interface Case {
  readonly method?: string;
  readonly target?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly head?: readonly string[];
  readonly serving?: ReturnType<typeof servingOf>;
}

/** The code with which the answer to a write is refused, or `ok`. */
async function proofOf({
  method = 'PUT',
  target = '/vault/k',
  headers = {},
  head = [],
  serving = servingOf(snapshot),
}: Case): Promise<string> {
  const plan = planOf({ method, rawTarget: target, headers }, serving.snapshot);
  let code = '';
  await withExchange(`${method} ${target} HTTP/1.1\r\nHost: a\r\n\r\n`, async ({ exchange }) => {
    await responseWith(head, async (response) => {
      const answer = { response, destroy: () => response.destroy() };
      code = await Promise.resolve(requireProof(exchange, answer, plan, serving)).then(
        () => 'ok',
        (error: { code: string }) => error.code,
      );
    });
  });
  return code;
}

t.test('takes the echo of the key for a proof, and nothing less', async (t) => {
  t.equal(await proofOf({ head: ECHO }), 'ok');
  t.equal(await proofOf({ head: [] }), 'InternalError');
  t.equal(await proofOf({ head: ECHO.slice(0, 1) }), 'InternalError');
  t.equal(
    await proofOf({ head: [ECHO[0] ?? '', `${SSEC_PREFIX}key-MD5: ${testSsecKey('b').md5}`] }),
    'InternalError',
  );
});

t.test(
  'takes an upload that begins without an echo only at a provider that sends none: its parts prove it',
  async (t) => {
    const quiet = servingOf(withRow({ uploadEcho: false }));
    const upload = '/vault/k?uploads';
    t.equal(await proofOf({ method: 'POST', target: upload }), 'InternalError');
    t.equal(await proofOf({ method: 'POST', target: upload, serving: quiet }), 'ok');
    t.equal(await proofOf({ serving: quiet }), 'InternalError', 'what stores something has to echo');
  },
);

t.test("asks the same proof of a write with the client's own key, where a rule encrypts", async (t) => {
  const own = testSsecKey('own');
  const headers = ssecHeaders('target', own);
  const echo = [`${SSEC_PREFIX}algorithm: AES256`, `${SSEC_PREFIX}key-MD5: ${own.md5}`];
  const target = '/passed/k';
  t.equal(await proofOf({ target, headers, head: echo }), 'ok');
  t.equal(await proofOf({ target, headers, head: ECHO }), 'InternalError', 'the key of the rule');
  const serving = servingOf(snapshot);
  t.equal(await proofOf({ target, headers, serving }), 'InternalError');
  for (const sent of [headers, {}])
    t.equal(
      codeOf(() =>
        requireTrust(
          { log: {} },
          planOf({ method: 'PUT', rawTarget: target, headers: sent }, snapshot),
          serving,
        ),
      ),
      'ServiceUnavailable',
    );
  t.equal(await proofOf({ target, headers, serving: servingOf(mute, 0.5) }), 'ok', 'not looked at');
  t.equal(await proofOf({ target, headers, serving: servingOf(mute, 0.49) }), 'InternalError');
  t.equal(await proofOf({ target: '/open/k', headers }), 'ok', 'nothing is promised there');
});

t.test('asks no proof of what is not encrypted', async (t) => {
  t.equal(await proofOf({ target: '/open/k' }), 'ok');
});

t.test(
  'distrusts the bucket of a write without proof: writes to it are refused, and no others',
  async (t) => {
    const serving = servingOf(snapshot);
    await proofOf({ serving });
    const refusedFor = (method: string, rawTarget: string): string =>
      codeOf(() => requireTrust({ log: {} }, planOf({ method, rawTarget }, snapshot), serving));
    t.equal(refusedFor('PUT', '/vault/other'), 'ServiceUnavailable');
    t.equal(refusedFor('POST', '/vault/other?uploads'), 'ServiceUnavailable');
    t.equal(refusedFor('GET', '/vault/k'), 'ok');
    t.equal(refusedFor('DELETE', '/vault/k'), 'ok');
    t.equal(refusedFor('PUT', '/open/k'), 'ok');
    t.match(await serving.metrics.text(), /ssec_proxy_unproven_writes_total 1/);
    t.match(serving.lines, [{ bucket: 'vault', objectKey: 'k', op: 'PutObject' }]);
  },
);

t.test('looks at as many of the writes without an echo as the provider needs', async (t) => {
  t.equal(await proofOf({ serving: servingOf(mute, 0.5) }), 'ok', 'not looked at');
  t.equal(
    await proofOf({ serving: servingOf(mute, 0.49) }),
    'InternalError',
    'nobody is there to answer the HEAD',
  );
});
