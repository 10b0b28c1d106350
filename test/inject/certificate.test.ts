import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { makeSelfSigned } from '../../src/cli/certificate.ts';
import { readFromDisk } from '../../src/files.ts';
import { bundleOf, type Held, readHeld, writeHeld } from '../../src/inject/certificate/held.ts';
import { DAYS, nextStep, SETTLING_MS } from '../../src/inject/certificate/renewal.ts';
import { runInjector } from '../../src/inject/run.ts';
import { IMAGE, NOW, pod, reviewOf } from './fixture.ts';
import {
  bundleIn,
  CONFIGURATION,
  call,
  cluster,
  collecting,
  type Injector,
  OWN,
  SECRET,
  start,
  until,
} from './stand.ts';

const DAY = 86_400_000;
const HOSTS = ['injector.storage.svc'];
const make = async (now = NOW, names: readonly string[] = HOSTS) =>
  await makeSelfSigned({ names, addresses: [], days: DAYS, now });
const later = (ms: number): Date => new Date(NOW.getTime() + ms);
const step = (held: Held, now: Date, isTrusted: (cert: string) => boolean = () => true) =>
  nextStep(held, { hosts: HOSTS, now, isTrusted, make: () => make(now) });

t.test('a certificate is renewed in steps, and what is served is trusted at each of them', async (t) => {
  const first = await step({}, NOW);
  t.ok(first?.current);
  const held = first ?? {};
  t.equal(await step(held, later(10 * DAY)), undefined, 'young: nothing to do');
  const due = later(61 * DAY);
  const announced = (await step(held, due)) ?? {};
  t.same(announced.current, held.current, 'the successor is not served yet');
  t.ok(announced.next);
  t.equal(bundleOf(announced).length, 2);
  const settled = new Date(due.getTime() + SETTLING_MS);
  t.equal(
    await step(announced, new Date(settled.getTime() - 1)),
    undefined,
    'others have time to learn of it',
  );
  t.equal(await step(announced, settled, () => false), undefined, 'nor before API servers trust it');
  const taken = (await step(announced, settled)) ?? {};
  t.same(taken.current, announced.next);
  t.same(
    bundleOf(taken).toSorted(),
    bundleOf(announced).toSorted(),
    'a replica that is late serves what is trusted',
  );
  const end = new Date(settled.getTime() + SETTLING_MS);
  t.equal(await step(taken, new Date(end.getTime() - 1)), undefined);
  const done = (await step(taken, end)) ?? {};
  t.same(bundleOf(done), [announced.next?.cert]);
  t.equal(await step(done, later(62 * DAY)), undefined);
});

t.test('a certificate of no use is replaced at once', async (t) => {
  const good = await make();
  const other = await make();
  for (const [what, current] of [
    ['expired', await make(later(-(DAYS + 1) * DAY))],
    ['of another name', await make(NOW, ['other.storage.svc'])],
    ['with the key of another', { cert: good.cert, key: other.key }],
    ['that is none', { cert: 'x', key: 'y' }],
  ] as const) {
    const replaced = await step({ current, previous: 'p' }, NOW);
    t.ok(replaced?.current, what);
    t.not(replaced?.current?.cert, current.cert, what);
    const succeeded = await step({ current, next: good }, NOW);
    t.same(succeeded?.current, good, `${what}, with a successor`);
  }
  const renewed = await step({ current: good, next: { cert: 'x', key: 'y' }, since: NOW.getTime() }, NOW);
  t.not(renewed?.next?.cert, 'x', 'a successor of no use is made again');
});

t.test('what a Secret holds is read as it was written', async (t) => {
  const held: Held = { current: await make(), next: await make(), previous: 'p', since: NOW.getTime() };
  t.same(readHeld(writeHeld(held)), held);
  t.same(readHeld(undefined), {});
  t.same(readHeld({ 'tls.crt': 'eA==', since: 'eA==' }), {});
  t.same(writeHeld({})['previous.crt'], null);
});

t.test('fills the Secret and the caBundle, and serves what both have', async (t) => {
  const api = await cluster(t);
  const { port } = await start(t, api);
  const { data, metadata } = api.objects.get(SECRET) as { data: Record<string, string>; metadata: object };
  const cert = Buffer.from(data['tls.crt'] ?? '', 'base64').toString();
  t.equal(bundleIn(api).trim(), cert.trim());
  t.match(metadata, { labels: { a: 'b' } }, 'what else the Secret has stays');
  t.match(api.objects.get(CONFIGURATION), {
    webhooks: [{ clientConfig: { service: { name: 'injector' } } }],
  });
  t.equal((await call(port, bundleIn(api), { body: reviewOf(pod()) })).status, 200);
  t.notOk(new X509Certificate(cert).ca, 'whoever has its key can make no other certificate');
});

t.test('of replicas that start together one wins, and all serve its certificate', async (t) => {
  const api = await cluster(t);
  const injectors = await Promise.all([1, 2, 3, 4].map(() => start(t, api)));
  const ca = bundleIn(api);
  t.equal(ca.match(/BEGIN/g)?.length, 1);
  for (const { port } of injectors)
    t.equal((await call(port, ca, { method: 'GET', path: '/healthz' })).status, 200);
});

t.test('renews while it serves, and no call fails', async (t) => {
  const api = await cluster(t);
  const begin = new Date();
  let now = begin;
  // The clock of the test is not the one of TLS: all of these are good by both, and the second one stays young.
  const days = [DAYS, 4000];
  const makeNext = async () =>
    await makeSelfSigned({ names: HOSTS, addresses: ['127.0.0.1'], days: days.shift() ?? 4000, now: begin });
  const certificate = { ...OWN, make: makeNext };
  const injectors: Injector[] = [];
  for (let count = 0; count < 2; count++)
    injectors.push(await start(t, api, { clock: () => now, certificate }));
  const first = bundleIn(api);
  let calls = 0;
  let rounds = 0;
  let failed = false;
  const going = { on: true };
  const calling = (async () => {
    while (going.on) {
      // As an API server that follows the configuration does.
      const trusted = bundleIn(api);
      for (const { port } of injectors) {
        const { status } = await call(port, trusted, { body: reviewOf(pod()) });
        if (status !== 200) throw new Error(`answered ${status}`);
        calls += 1;
      }
      rounds += 1;
    }
  })().then(
    () => undefined,
    (error: unknown) => {
      failed = true;
      return error;
    },
  );
  const sizes = async (size: number) => await until(() => bundleIn(api).match(/BEGIN/g)?.length === size);
  const served = 'serving with another certificate';
  now = new Date(begin.getTime() + 61 * DAY);
  await sizes(2);
  // Whoever calls has read it then: for that is the time that is skipped here.
  const before = rounds;
  await until(() => rounds > before + 1 || failed);
  now = new Date(now.getTime() + SETTLING_MS);
  await until(() => injectors.every(({ lines }) => lines.some(({ msg }) => msg === served)));
  now = new Date(now.getTime() + SETTLING_MS);
  await sizes(1);
  going.on = false;
  t.equal(await calling, undefined);
  t.not(bundleIn(api), first);
  t.ok(calls > 2, `${calls} calls`);
});

t.test('a caBundle that somebody else overwrote is put right', async (t) => {
  const api = await cluster(t);
  await start(t, api);
  const before = bundleIn(api);
  const configuration = api.objects.get(CONFIGURATION) as { webhooks: { clientConfig: object }[] };
  api.objects.set(CONFIGURATION, {
    ...configuration,
    webhooks: [{ name: 'inject.ssec-proxy.io', clientConfig: {} }],
  });
  await until(() => bundleIn(api) === before);
  t.pass();
});

t.test(
  'serves on while its Secret is gone, says how to have it again, and fills the one that comes',
  async (t) => {
    const api = await cluster(t);
    const { port, lines } = await start(t, api);
    const before = bundleIn(api);
    const body = reviewOf(pod());
    api.objects.delete(SECRET);
    await until(() => lines.some(({ cause }) => /404; .*helm upgrade makes it again/.test(String(cause))));
    t.equal((await call(port, before, { body })).status, 200);
    api.objects.set(SECRET, { kind: 'Secret', metadata: { name: 'injector-tls', resourceVersion: '1' } });
    await until(() => lines.some(({ msg }) => msg === 'serving with another certificate'));
    t.not(bundleIn(api), before);
    t.equal((await call(port, bundleIn(api), { body })).status, 200);
  },
);

t.test('without its rights or its objects it does not start, and says which', async (t) => {
  const api = await cluster(t);
  const run = async () => {
    const { log, lines } = collecting();
    const code = await runInjector(
      {
        address: { host: '127.0.0.1', port: 0 },
        image: IMAGE,
        images: [],
        cluster: api.cluster,
        certificate: OWN,
      },
      {
        log,
        readFile: readFromDisk,
        clock: () => NOW,
        stopping: new Promise(() => {}),
        times: { start: 0, again: 1, look: 1000 },
      },
    );
    return [code, lines.map(({ cause }) => cause).join(' ')] as const;
  };
  for (const [request, status, cause] of [
    [
      `GET ${SECRET}`,
      403,
      /Secret injector-tls of the namespace storage: the API server answers 403; the service account needs/,
    ],
    [`PATCH ${SECRET}`, 403, /Secret injector-tls .* 403/],
    [
      `GET ${CONFIGURATION}`,
      404,
      /MutatingWebhookConfiguration ssec-proxy-injector: .* 404; it is not there: helm upgrade makes it again/,
    ],
    [`GET ${SECRET}`, 404, /Secret injector-tls .* 404; it is not there: helm upgrade makes it again/],
    [`PATCH ${CONFIGURATION}`, 403, /MutatingWebhookConfiguration ssec-proxy-injector: .* 403/],
  ] as const) {
    api.refuse.clear();
    api.refuse.set(request, status);
    const [code, causes] = await run();
    t.equal(code, 1);
    t.match(causes, cause);
  }
});

t.test('serves with mounted files, and with what they become', async (t) => {
  const api = await cluster(t);
  const [one, two] = await Promise.all(
    [1, 2].map(() => makeSelfSigned({ names: HOSTS, addresses: ['127.0.0.1'], days: 1, now: new Date() })),
  );
  const folder = t.testdir();
  const files = { cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key') };
  const write = ({ cert, key }: { readonly cert: string; readonly key: string }): void => {
    writeFileSync(files.key, key);
    writeFileSync(files.cert, cert);
  };
  if (!one || !two) throw new Error('no certificates');
  write(one);
  const { port, lines } = await start(t, api, { certificate: { kind: 'mounted', ...files } });
  const alive = { method: 'GET', path: '/healthz' };
  t.equal((await call(port, one.cert, alive)).status, 200);
  writeFileSync(files.key, two.key);
  await until(() =>
    lines.some(({ cause }) => /are not a PEM certificate and its private key/.test(String(cause))),
  );
  t.equal((await call(port, one.cert, alive)).status, 200, 'half of a change is not served');
  write(two);
  await until(() => lines.some(({ msg }) => msg === 'serving with another certificate'));
  t.equal((await call(port, two.cert, alive)).status, 200);
  t.notOk(
    api.asked.some((request) => /secrets|webhook/.test(request)),
    'it asks for neither Secrets nor webhooks',
  );
});

t.test('an expired certificate is complained of', async (t) => {
  const api = await cluster(t);
  const pair = await makeSelfSigned({
    names: HOSTS,
    addresses: ['127.0.0.1'],
    days: 1,
    now: later(-2 * DAY),
  });
  const folder = t.testdir({ 'tls.crt': pair.cert, 'tls.key': pair.key });
  const files = { cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key') };
  const { lines } = await start(t, api, { clock: () => NOW, certificate: { kind: 'mounted', ...files } });
  await until(() => lines.some(({ level, msg }) => level === 'error' && /has expired/.test(String(msg))));
  t.pass();
});
