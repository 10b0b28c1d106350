import { once } from 'node:events';
import tls from 'node:tls';
import t from 'tap';
import { applyPatch, type Step } from './apply-patch.ts';
import { pod, reviewOf } from './fixture.ts';
import { BOUNDS, bundleIn, call, cluster, start, until } from './stand.ts';

interface Answer {
  readonly apiVersion: string;
  readonly response: {
    readonly uid: string;
    readonly allowed: boolean;
    readonly patch?: string;
    readonly patchType?: string;
    readonly status?: { readonly code: number; readonly message: string };
  };
}

const read = (text: string): Answer => JSON.parse(text);

t.test('answers a review over TLS with a patch, and writes one line', async (t) => {
  const api = await cluster(t);
  const { port, lines } = await start(t, api);
  const before = pod();
  const { status, text, headers } = await call(port, bundleIn(api), { body: reviewOf(before) });
  t.equal(status, 200);
  t.match(headers, { 'content-type': 'application/json' });
  const { apiVersion, response } = read(text);
  t.match(
    [apiVersion, response],
    ['admission.k8s.io/v1', { uid: 'a-uid', allowed: true, patchType: 'JSONPatch' }],
  );
  const patch: Step[] = JSON.parse(Buffer.from(response.patch ?? '', 'base64').toString());
  t.match(applyPatch(before, patch), { spec: { initContainers: [{ name: 'ssec-proxy' }] } });
  t.match(
    lines.find(({ msg }) => msg === 'injected'),
    { level: 'info', namespace: 'shop', pod: 'web', profile: 'app' },
  );
});

t.test('a dry run is answered like any other, and nothing is written anywhere', async (t) => {
  const api = await cluster(t);
  const { port } = await start(t, api, { times: { look: 3_600_000 } });
  const objects = JSON.stringify([...api.objects]);
  api.asked.length = 0;
  const [real, dry] = await Promise.all(
    [false, true].map((dryRun) => call(port, bundleIn(api), { body: reviewOf(pod(), { dryRun }) })),
  );
  t.equal(dry?.text, real?.text);
  t.equal(JSON.stringify([...api.objects]), objects);
  t.same(new Set(api.asked), new Set(['GET /api/v1/namespaces/shop/configmaps/ssec-proxy-app']));
});

t.test('warnings are in the answer, and in the line of the pod', async (t) => {
  const api = await cluster(t);
  const { port, lines } = await start(t, api);
  const body = reviewOf(pod({ terminationGracePeriodSeconds: 1 }));
  const { text } = await call(port, bundleIn(api), { body });
  const warnings = [/terminationGracePeriodSeconds is 1/];
  t.match(JSON.parse(text), { response: { allowed: true, warnings } });
  t.match(
    lines.find(({ msg }) => msg === 'injected'),
    { level: 'warn', warnings },
  );
});

t.test('a refusal is an answer, with its reason for who makes the pod', async (t) => {
  const api = await cluster(t);
  const { port, lines } = await start(t, api);
  const { status, text } = await call(port, bundleIn(api), { body: reviewOf(pod({ hostNetwork: true })) });
  t.equal(status, 200);
  t.match(read(text).response, {
    uid: 'a-uid',
    allowed: false,
    status: { code: 400, message: /hostNetwork/ },
  });
  t.match(
    lines.find(({ msg }) => msg === 'refused'),
    { level: 'warn', cause: /hostNetwork/ },
  );
});

t.test('what is no CREATE of pods is refused by its uid', async (t) => {
  const api = await cluster(t);
  const { port } = await start(t, api);
  for (const more of [
    { operation: 'UPDATE' },
    { operation: 'CREATE', subResource: 'ephemeralcontainers' },
    { resource: { group: 'apps', version: 'v1', resource: 'deployments' } },
  ]) {
    const { text } = await call(port, bundleIn(api), { body: reviewOf(pod(), more) });
    t.match(read(text).response, {
      uid: 'a-uid',
      allowed: false,
      status: { message: /judges pods that are made/ },
    });
  }
});

t.test('what is no review at all is 400, and its connection ends', async (t) => {
  const api = await cluster(t);
  const { port } = await start(t, api);
  const wrong = [
    '',
    'no json',
    '[]',
    '{}',
    JSON.stringify({ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1beta1', request: {} }),
    JSON.stringify({ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1' }),
    reviewOf(pod(), { uid: '' }),
    reviewOf(pod(), { namespace: 'a/b' }),
    reviewOf(pod(), { dryRun: 'no' }),
    reviewOf(pod(), { object: null }),
  ];
  for (const body of wrong) {
    const { status, headers } = await call(port, bundleIn(api), { body });
    t.same([status, headers.connection], [400, 'close'], body.slice(0, 60));
  }
});

t.test('a pod that can’t be read is refused, not left without its proxy', async (t) => {
  const api = await cluster(t);
  const { port } = await start(t, api);
  const { text } = await call(port, bundleIn(api), {
    body: reviewOf({ metadata: {}, spec: { containers: 'none' } }),
  });
  t.match(read(text).response, {
    allowed: false,
    status: { message: /spec\.containers is not what Kubernetes has there/ },
  });
});

t.test('other paths and methods are refused', async (t) => {
  const api = await cluster(t);
  const { port } = await start(t, api);
  const ca = bundleIn(api);
  t.equal((await call(port, ca, { path: '/', body: reviewOf(pod()) })).status, 404);
  t.equal((await call(port, ca, { method: 'GET', path: '/inject' })).status, 405);
  t.match(await call(port, ca, { method: 'GET', path: '/healthz' }), { status: 200 });
  t.match(await call(port, ca, { method: 'GET', path: '/readyz' }), { status: 200 });
});

t.test('a body above the limit is refused before it is read, announced or not', async (t) => {
  const api = await cluster(t);
  const bounds = { ...BOUNDS, bodies: { one: 10_000, all: 20_000 } };
  const { port } = await start(t, api, { bounds });
  const ca = bundleIn(api);
  const body = Buffer.alloc(10_001, ' ');
  t.equal((await call(port, ca, { body })).status, 413);
  t.equal((await call(port, ca, { body, headers: { 'transfer-encoding': 'chunked' } })).status, 413);
  const { status } = await call(port, ca, { body: reviewOf(pod()) });
  t.equal(status, 200, 'and the room is free again');
});

t.test('of all bodies together no more are held than there is room for', async (t) => {
  const api = await cluster(t);
  const release = Promise.withResolvers<undefined>();
  const body = reviewOf(pod());
  const bounds = { ...BOUNDS, bodies: { one: body.length, all: body.length * 2 } };
  const { port } = await start(t, api, { bounds, times: { look: 3_600_000 } });
  const ca = bundleIn(api);
  api.asked.length = 0;
  api.hold = release.promise;
  const held = [1, 2].map(() => call(port, ca, { body }));
  await until(async () => (await call(port, ca, { body: ' ' })).status === 503);
  release.resolve(undefined);
  t.same(
    (await Promise.all(held)).map(({ status }) => status),
    [200, 200],
  );
  t.equal((await call(port, ca, { body })).status, 200);
});

t.test('a client that sends nothing is let go of', async (t) => {
  const api = await cluster(t);
  const { port } = await start(t, api, { bounds: { ...BOUNDS, patience: 100 } });
  const socket = tls.connect({
    port,
    host: '127.0.0.1',
    ca: bundleIn(api),
    servername: 'injector.storage.svc',
  });
  socket.on('error', () => {}).resume();
  socket.write('POST /inject HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n');
  await once(socket, 'close');
  t.pass('it was closed');
});

t.test('it is not ready before the version of Kubernetes is known, and refuses meanwhile', async (t) => {
  const api = await cluster(t);
  api.refuse.set('GET /version', 500);
  const { port } = await start(t, api);
  const ca = bundleIn(api);
  t.match(await call(port, ca, { method: 'GET', path: '/readyz' }), {
    status: 503,
    text: /version of Kubernetes/,
  });
  const { text } = await call(port, ca, { body: reviewOf(pod()) });
  t.match(read(text).response, { allowed: false, status: { code: 503 } });
  api.refuse.clear();
  await until(async () => (await call(port, ca, { method: 'GET', path: '/readyz' })).status === 200);
});

t.test('an old Kubernetes is told by the answer', async (t) => {
  const api = await cluster(t);
  api.version = { major: '1', minor: '28' };
  const { port } = await start(t, api);
  const { text } = await call(port, bundleIn(api), { body: reviewOf(pod()) });
  t.match(read(text).response, {
    allowed: false,
    status: { message: /Kubernetes 1\.28, and a sidecar needs 1\.29/ },
  });
});

t.test('the end answers what is under way, tells the kubelet, and closes', async (t) => {
  const api = await cluster(t);
  const release = Promise.withResolvers<undefined>();
  const { port, stop } = await start(t, api, {
    times: { look: 3_600_000 },
    bounds: { ...BOUNDS, farewell: 200 },
  });
  const ca = bundleIn(api);
  api.asked.length = 0;
  const under = call(port, ca, { body: reviewOf(pod()) });
  api.hold = release.promise;
  const stopped = stop();
  release.resolve(undefined);
  t.equal((await under).status, 200);
  t.equal(await stopped, 0);
  await t.rejects(call(port, ca, { body: reviewOf(pod()) }), { code: 'ECONNREFUSED' });
});

t.test('a token that the kubelet renewed is used', async (t) => {
  const api = await cluster(t);
  const { port } = await start(t, api, { times: { look: 3_600_000 } });
  api.token = 'another-token';
  const ask = async () =>
    read((await call(port, bundleIn(api), { body: reviewOf(pod()) })).text).response.allowed;
  t.equal(await ask(), false);
  const { writeFileSync } = await import('node:fs');
  writeFileSync(`${api.cluster.account}/token`, 'another-token');
  t.equal(await ask(), true);
});
