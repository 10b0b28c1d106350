import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { makeCertificates } from '../../src/cli/certificate.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { Secret } from '../../src/secret.ts';
import { MINIMAL, type Rendered, render } from '../chart/helm.ts';
import { configOf, type PodTemplate, servingPod } from '../chart/pods.ts';
import { folderOf } from '../e2e/process.ts';
import { SmallClient } from '../load/small-client.ts';
import { startWorkload } from '../load/workload.ts';
import { Balancer } from './balancer.ts';
import { Deployment } from './deployment.ts';
import { startKept } from './kept-connections.ts';
import { startSlowUploads } from './slow-uploads.ts';

/*
 * The chart's Deployment as helm renders it, with its two pods as processes, before a store of its own. What clients meet is one
 * address, as that of the Service.
 */
const REGION = 'eu-test-1';
const CLIENTS = 4;
const credentials = (name: string) => ({
  accessKeyId: name,
  secretAccessKey: new Secret(`${name}-secret-for-tests`),
});
const [CLIENT, OWNER] = [credentials('client'), credentials('owner')];

/** How far apart two nodes bring a change of a Secret or a ConfigMap; the proxy looks at its files every 10 seconds. */
const APART_MS = 4000;
const WRITES_IN_MS = 40_000;
/** For each test: the machine may be busy. */
const BOUND = { timeout: 240_000 };

interface Release {
  readonly template: PodTemplate;
  readonly replicas: number;
  readonly config: string;
}

function released(args: readonly string[]): Release {
  const objects: readonly Rendered[] = render([
    '-f',
    MINIMAL,
    '-f',
    join(import.meta.dirname, 'values.yaml'),
    ...args,
  ]);
  const deployment = objects.find(({ kind }) => kind === 'Deployment') as
    | { spec?: { replicas?: number } }
    | undefined;
  return {
    template: servingPod(objects),
    replicas: deployment?.spec?.replicas ?? 0,
    config: configOf(objects) ?? '',
  };
}

async function stand(t: Test, ...sets: readonly string[]) {
  const pair = await makeCertificates({ names: ['localhost'], addresses: ['127.0.0.1'] });
  const folder = await folderOf(t, {});
  const sandbox = await startSandbox({
    host: '127.0.0.1',
    port: 0,
    tls: { cert: pair.cert, key: pair.key },
    directory: join(folder, 'store'),
    credentials: [OWNER],
    region: REGION,
  });
  t.teardown(() => sandbox.close());
  const oldKey = randomBytes(32);
  const objects = new Map<string, Record<string, string | Buffer>>([
    ['secret/ssec-proxy-keys', { 'backups-2026': oldKey }],
    ['secret/ssec-proxy-tls', { 'tls.crt': pair.cert, 'tls.key': pair.key }],
    ['secret/ssec-proxy-upstream', { accessKeyId: 'owner', secretAccessKey: OWNER.secretAccessKey.reveal() }],
    ['secret/ssec-proxy-clients', { client: CLIENT.secretAccessKey.reveal() }],
    ['secret/store-ca', { 'ca.crt': pair.ca }],
  ]);
  const balancer = new Balancer();
  const port = await balancer.listen();
  t.teardown(() => balancer.close());
  const deployment = new Deployment(folder, balancer);
  t.teardown(() => deployment.destroy());
  const store = `config.upstream.endpoint=https://127.0.0.1:${sandbox.port}`;
  /** What `helm upgrade` does: the ConfigMap first, then the Deployment. */
  const install = async (...args: string[]): Promise<Release> => {
    const release = released(['--set', store, ...args]);
    objects.set('configMap/ssec-proxy', { 'config.yaml': release.config });
    return release;
  };
  const first = await install(...sets.flatMap((set) => ['--set', set]));
  await deployment.apply(first.template, first.replicas, objects);
  // Until the Service has them.
  await pause(2000);
  const base = `https://127.0.0.1:${port}`;
  const client = (): SmallClient =>
    new SmallClient({ base, ca: pair.ca, credentials: CLIENT, region: REGION });
  const own = client();
  await own.send('PUT', '/backups');
  t.teardown(() => own.close());
  const direct = new SmallClient({ base: sandbox.url, ca: pair.ca, credentials: OWNER, region: REGION });
  t.teardown(() => direct.close());
  return { balancer, deployment, objects, install, first, base, ca: pair.ca, client, direct, oldKey };
}

t.test('an upgrade of the Deployment under load loses no request', BOUND, async (t) => {
  const { balancer, deployment, objects, install, first, base, ca, client } = await stand(t);
  const clients = Array.from({ length: CLIENTS }, client);
  const workload = startWorkload(clients, 'backups', 'upgrade');
  t.teardown(() => workload.stop());
  const slow = startSlowUploads({ base, ca, credentials: CLIENT, region: REGION, path: '/backups/slow' });
  t.teardown(() => void slow.stop());
  const [one] = clients;
  await one?.send('PUT', '/backups/kept', 'kept');
  const readers = Array.from({ length: 2 * CLIENTS }, client);
  const kept = startKept(readers, '/backups/kept');
  t.teardown(() => kept.stop());
  await pause(2000);

  const before = workload.requests();
  const next = await install('--set', 'image.tag=next', '--set', 'config.log.level=debug');
  t.notSame(next.template, first.template, 'the pods are to be replaced');
  await deployment.apply(next.template, next.replicas, objects);
  const during = workload.requests() - before;

  await pause(2000);
  await workload.stop();
  await workload.readAll();
  const { done, failures } = await slow.stop();
  const reads = await kept.stop();
  t.comment(
    `${workload.requests()} requests, ${during} of them while pods were replaced; ${done} slow uploads; ${reads.requests} reads on connections that are kept`,
  );
  t.strictSame(workload.failures, [], 'no request failed');
  t.strictSame(failures, [], 'no slow upload failed');
  t.strictSame(reads.failures, [], 'no read failed on a connection that is kept until its pod ends');
  t.ok(during > 50 && done > 1, 'and there was load');
  t.equal(balancer.refused, 0, 'the Service was never empty');
  t.equal(deployment.all.length, 2 * next.replicas, 'every pod was replaced');
  t.strictSame(
    deployment.all.map(({ killed, dead }) => ({ killed, dead })),
    deployment.all.map(() => ({ killed: false, dead: false })),
    'no pod outlived its grace period, or failed its liveness probe',
  );
});

t.test(
  'without the wait before its end a pod would lose requests, and this stand would see it',
  async (t) => {
    const { deployment, objects, install, client } = await stand(t, 'preStopSeconds=0');
    const clients = Array.from({ length: CLIENTS }, client);
    const workload = startWorkload(clients, 'backups', 'hasty');
    t.teardown(() => workload.stop());
    await pause(1000);
    const next = await install('--set', 'preStopSeconds=0', '--set', 'image.tag=next');
    await deployment.apply(next.template, next.replicas, objects);
    await workload.stop();
    t.comment(workload.failures[0]);
    t.ok(workload.failures.length > 0);
  },
);

t.test('a key that is rotated by a change of the Secret costs no read', BOUND, async (t) => {
  const { deployment, objects, install, first, client, direct, oldKey } = await stand(t);
  const clients = Array.from({ length: CLIENTS }, client);
  // What lies there, and is not written again.
  const old = startWorkload(clients.slice(0, 1), 'backups', 'old');
  await pause(3000);
  await old.stop();
  const workload = startWorkload(clients.slice(1), 'backups', 'rotation');
  t.teardown(() => workload.stop());
  const rotating = new AbortController();
  t.teardown(() => rotating.abort());
  const reading = (async () => {
    while (!rotating.signal.aborted) {
      await old.readAll();
      await pause(50);
    }
  })();

  const newKey = randomBytes(32);
  objects.set('secret/ssec-proxy-keys', { 'backups-2026': oldKey, 'backups-2027': newKey });
  await deployment.sync(objects, APART_MS);
  const writesFrom = new Date(Date.now() + WRITES_IN_MS).toISOString();
  const rotated = await install(
    '-f',
    join(import.meta.dirname, 'rotated.yaml'),
    '--set-string',
    `config.keys.backups-2027.writesFrom=${writesFrom}`,
  );
  t.strictSame(rotated.template, first.template, 'no pod is replaced for it');
  await deployment.sync(objects, APART_MS);
  const reloaded = (): boolean =>
    deployment.pods.every(({ lines }) => lines.some(({ msg }) => msg === 'reloaded'));
  while (!reloaded() && Date.now() < Date.parse(writesFrom)) await pause(100);
  t.ok(reloaded(), 'each pod has the new key before it writes');

  await pause(Math.max(0, Date.parse(writesFrom) - Date.now()) + 5000);
  await workload.stop();
  rotating.abort();
  await reading;
  await workload.readAll();
  t.comment(`${workload.requests()} requests, and ${old.requests()} of what lay there`);
  t.strictSame(workload.failures, [], 'no request failed');
  t.strictSame(old.failures, [], 'nor a read of what lay there before');
  const under = { old: 0, new: 0, neither: 0 };
  for (const path of [...old.written.keys(), ...workload.written.keys()])
    under[await keyOf(path, direct, { old: oldKey, new: newKey })] += 1;
  t.comment(JSON.stringify(under));
  t.ok(under.new > 0 && under.old > 0, 'objects are under the new key, and others under the old one');
  t.equal(under.neither, 0, 'and none is under another one');
  t.equal(deployment.all.length, first.replicas);
});

/** Which key opens the object at the store itself. */
async function keyOf(
  path: string,
  store: SmallClient,
  keys: { readonly old: Buffer; readonly new: Buffer },
): Promise<'old' | 'new' | 'neither'> {
  for (const name of ['old', 'new'] as const) {
    const { status } = await store.send('HEAD', path, '', {
      'x-amz-server-side-encryption-customer-algorithm': 'AES256',
      'x-amz-server-side-encryption-customer-key': keys[name].toString('base64'),
      'x-amz-server-side-encryption-customer-key-md5': createHash('md5').update(keys[name]).digest('base64'),
    });
    if (status === 200) return name;
  }
  return 'neither';
}
