import t, { type Test } from 'tap';
import { deriveKey } from '../../../src/keys/derive.ts';
import { probe, seenWithoutKey } from '../../../src/proxy/proof/probe.ts';
import { httpStore } from '../../e2e/wire.ts';
import { planOf } from '../../support/planned.ts';
import { servingOf } from '../../support/serving.ts';
import { snapshotOf, testCredentials, testSsecKey } from '../../support/snapshot.ts';

const KEY = testSsecKey('a');
const SSEC_PREFIX = 'x-amz-server-side-encryption-customer-';

/** Plan and serving before a store that answers a HEAD without the key with `status`, or not at all for 0. */
async function stand(
  t: Test,
  status: number,
  method = 'PUT',
  headers: (method: string) => Readonly<Record<string, string>> = () => ({}),
) {
  const store = await httpStore(t, (request, response) => {
    const keyless = request.method === 'HEAD' && request.headers[`${SSEC_PREFIX}key`] === undefined;
    request.resume().once('end', () => {
      if (keyless && status === 0) response.destroy();
      else response.writeHead(keyless ? status : 200, headers(request.method ?? '')).end();
    });
  });
  const snapshot = snapshotOf({
    rules: [{ bucket: 'vault', prefix: 'a/', encrypt: [KEY] }],
    upstream: { protocol: 'http:', hostname: '127.0.0.1', port: store.port },
  });
  const plan = {
    ...planOf({ method, rawTarget: '/vault/a/k' }, snapshot),
    credentials: testCredentials('tenant'),
  };
  const serving = servingOf(snapshot);
  t.teardown(() => serving.connections.destroy());
  return { store, plan, serving };
}

t.test(
  'puts, looks without the key, and removes, where the write wanted to go and as the one who wrote',
  async (t) => {
    const { store, plan, serving } = await stand(t, 400);
    t.same(await probe(plan, serving), { kind: 'proven' });
    t.same(
      store.requests.map(({ method }) => method),
      ['PUT', 'HEAD', 'DELETE'],
    );
    t.equal(new Set(store.requests.map(({ url }) => url)).size, 1);
    for (const { url, headers } of store.requests) {
      t.equal(url, '/vault/a/.ssec-proxy-probe');
      t.match(headers.authorization, /Credential=tenant\//);
    }
    t.same(
      store.requests.map(({ headers }) => headers[`${SSEC_PREFIX}key`] === KEY.base64),
      [true, false, false],
    );
  },
);

t.test('looks at its own version, and removes that and nothing else', async (t) => {
  const versions = { PUT: 'v/1+', HEAD: undefined, DELETE: 'v/1+' };
  const { store, plan, serving } = await stand(t, 400, 'PUT', (method) => {
    const id = versions[method as keyof typeof versions];
    return id === undefined ? {} : { 'x-amz-version-id': id };
  });
  t.same(await probe(plan, serving), { kind: 'proven' });
  t.same(
    store.requests.map(({ method, url }) => `${method} ${url}`),
    [
      'PUT /vault/a/.ssec-proxy-probe',
      'HEAD /vault/a/.ssec-proxy-probe?versionId=v%2F1%2B',
      'DELETE /vault/a/.ssec-proxy-probe?versionId=v%2F1%2B',
    ],
  );
});

t.test('takes away the marker that a DELETE without a version leaves', async (t) => {
  const { store, plan, serving } = await stand(t, 400, 'PUT', (method) =>
    method === 'DELETE' ? { 'x-amz-version-id': 'null', 'x-amz-delete-marker': 'true' } : {},
  );
  t.same(await probe(plan, serving), { kind: 'proven' });
  t.same(
    store.requests.slice(2).map(({ method, url }) => `${method} ${url}`),
    ['DELETE /vault/a/.ssec-proxy-probe', 'DELETE /vault/a/.ssec-proxy-probe?versionId=null'],
  );
});

t.test('is removed when the look without the key fails as well', async (t) => {
  const { store, plan, serving } = await stand(t, 0);
  t.match(await probe(plan, serving), { kind: 'unproven' });
  t.same(store.requests.at(-1)?.method, 'DELETE');
});

t.test('a version id that is none goes nowhere', async (t) => {
  const { store, plan, serving } = await stand(t, 400, 'PUT', () => ({ 'x-amz-version-id': 'a b' }));
  t.same(await probe(plan, serving), { kind: 'proven' });
  t.notOk(store.requests.some(({ url = '' }) => url.includes('versionId')));
});

t.test('a derived key is that of the name of the probe', async (t) => {
  const store = await httpStore(t, (request, response) => {
    const keyless = request.method === 'HEAD';
    request.resume().once('end', () => response.writeHead(keyless ? 400 : 200).end());
  });
  const snapshot = snapshotOf({
    rules: [{ bucket: 'vault', encrypt: [{ ssecKey: KEY, derive: { context: undefined } }] }],
    upstream: { protocol: 'http:', hostname: '127.0.0.1', port: store.port },
  });
  const serving = servingOf(snapshot);
  t.teardown(() => serving.connections.destroy());
  t.same(await probe(planOf({ method: 'PUT', rawTarget: '/vault/k' }, snapshot), serving), {
    kind: 'proven',
  });
  const [put] = store.requests;
  const objectKey = put?.url?.replace('/vault/', '') ?? '';
  t.equal(put?.headers[`${SSEC_PREFIX}key`], deriveKey(KEY, 'vault', objectKey).base64);
});

t.test('proves nothing of a store that lets it be read without the key', async (t) => {
  const { plan, serving } = await stand(t, 200);
  t.match(await probe(plan, serving), { kind: 'unproven', fault: /without the key/ });
});

t.test('proves nothing when the store is gone, or when there was nothing to write', async (t) => {
  const { store, plan, serving } = await stand(t, 400);
  await new Promise((resolve) => store.server.close(resolve));
  t.match(await probe(plan, serving), { kind: 'unproven' });
  const reading = await stand(t, 400, 'GET');
  t.match(await probe(reading.plan, reading.serving), { kind: 'unproven' });
  t.equal(reading.store.requests.length, 0);
});

t.test('tells what a HEAD without the key says of an object', async (t) => {
  for (const [status, seen] of [
    [200, 'open'],
    [400, 'sealed'],
    [403, 'unclear'],
    [404, 'unclear'],
    [503, 'unclear'],
  ] as const) {
    const { store, plan, serving } = await stand(t, status);
    t.equal(await seenWithoutKey(plan, serving), seen, String(status));
    t.match(store.requests[0], { method: 'HEAD', url: '/vault/a/k' });
    t.match(store.requests[0]?.headers.authorization, /Credential=tenant\//);
  }
});
