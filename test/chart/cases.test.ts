import t from 'tap';
import { parse } from 'yaml';
import { parseAddress } from '../../src/config/address.ts';
import { parseDuration } from '../../src/config/duration.ts';
import { configSchema } from '../../src/config/schema.ts';
import { configProblems } from '../docs/configs.ts';
import { caseNames, type Rendered, render, valuesOf } from './helm.ts';
import { type Container, configOf, podsOf, programOf, servingPod } from './pods.ts';
import { restrictedFaults } from './restricted.ts';

interface Selecting {
  readonly selector?:
    | Readonly<Record<string, string>>
    | { readonly matchLabels?: Readonly<Record<string, string>> };
}

const specOf = (object: Rendered | undefined): Record<string, unknown> =>
  (object as { spec?: Record<string, unknown> } | undefined)?.spec ?? {};
const ofKind = (objects: readonly Rendered[], kind: string): Rendered | undefined =>
  objects.find((object) => object.kind === kind);

/** Fields that are texts in Kubernetes. */
const TEXTS =
  /\.(?:\w*[nN]ame|namespace|audience|trafficDistribution|loadBalancerClass|\w*[iI]nterval|duration|renewBefore)$/;

for (const name of caseNames()) {
  const objects = render(valuesOf(name));
  const serving = servingPod(objects);
  const program = programOf(serving);

  t.test(`${name}: the config is one that check has nothing against`, async (t) => {
    const config = configOf(objects);
    if (name === 'existing-config') t.equal(config, undefined);
    else t.strictSame(await configProblems(config ?? ''), []);
  });

  t.test(`${name}: no pod says that everybody sees what the NetworkPolicy hides`, (t) => {
    const config = configOf(objects);
    if (config !== undefined) {
      const { admin } = configSchema().parse(parse(config));
      t.equal(admin.open, admin.token === undefined && admin.tls?.clientCa === undefined);
    }
    t.end();
  });

  t.test(`${name}: every pod fits the restricted pod security standard`, (t) => {
    const pods = objects.flatMap(podsOf);
    t.ok(pods.length > 0);
    for (const pod of pods) t.strictSame(restrictedFaults(pod), []);
    t.end();
  });

  t.test(`${name}: volumes and mounts fit, and what is mounted from a Secret is read-only`, (t) => {
    for (const { spec } of objects.flatMap(podsOf)) {
      const mounts = spec.containers.flatMap(({ volumeMounts }) => volumeMounts);
      t.strictSame(
        [...new Set(mounts.map((mount) => mount.name))].toSorted(),
        spec.volumes.map((volume) => volume.name).toSorted(),
      );
      for (const mount of mounts) t.equal(mount.readOnly, mount.mountPath !== '/reports', mount.mountPath);
      for (const { name, ...sources } of spec.volumes)
        t.equal(Object.keys(sources).length, 1, `one source: ${name}`);
      for (const { secret } of spec.volumes) if (secret) t.match(secret, { defaultMode: 0o400 });
    }
    t.end();
  });

  t.test(`${name}: probes ask the admin port, and a pod is given longer to end than it drains`, (t) => {
    const { admin, drain } = settingsOf(configOf(objects));
    t.equal(portOf(program, 'admin'), admin.port);
    for (const [probe, path] of [
      [program.readinessProbe, '/readyz'],
      [program.livenessProbe, '/healthz'],
    ] as const)
      t.match(probe?.httpGet, { path, port: 'admin', scheme: admin.tls ? 'HTTPS' : 'HTTP' });
    const preStop = program.lifecycle?.preStop.sleep.seconds ?? 0;
    t.ok(serving.spec.terminationGracePeriodSeconds > preStop + drain);
    t.end();
  });

  t.test(`${name}: whatever selects pods selects those that serve, and ports have their names`, (t) => {
    const { labels } = serving.metadata;
    for (const kind of [
      'Deployment',
      'DaemonSet',
      'PodDisruptionBudget',
      'PodMonitor',
      'Service',
      'NetworkPolicy',
    ]) {
      const object = ofKind(objects, kind);
      const { selector, podSelector } = specOf(object) as Selecting & { podSelector?: Selecting['selector'] };
      const chosen = selector ?? podSelector;
      if (!object || !chosen) continue;
      const wanted = 'matchLabels' in chosen ? chosen.matchLabels : chosen;
      t.match(labels, wanted ?? {}, kind);
      t.ok(Object.keys(wanted ?? {}).length >= 3, kind);
    }
    const { ports } = specOf(ofKind(objects, 'Service')) as { ports: readonly { targetPort: string }[] };
    for (const { targetPort } of ports) {
      t.ok(portOf(program, targetPort), targetPort);
      t.not(targetPort, 'admin', 'the Service for clients does not show the admin address');
    }
    t.end();
  });

  t.test(`${name}: nobody but probes and those who are named reaches the admin port`, (t) => {
    const policies = objects.filter(({ kind }) => kind === 'NetworkPolicy');
    const open = configOf(objects)?.includes('open: true') ?? false;
    t.equal(policies.length > 0, name !== 'open-network');
    t.notOk(open && policies.length === 0 && name !== 'open-network', 'open without a policy');
    const rules = policies.flatMap(
      (policy) =>
        (specOf(policy).ingress ?? []) as readonly { from?: unknown; ports?: readonly { port: unknown }[] }[],
    );
    for (const { from, ports } of rules) {
      t.ok(ports && ports.length > 0, 'a rule without ports would open all of them');
      if (ports?.some(({ port }) => port === 'admin')) t.ok(Array.isArray(from) && from.length > 0);
    }
    t.end();
  });

  t.test(
    `${name}: an update never takes a pod before another one is ready, and a drain of a node is not held up`,
    (t) => {
      const workload = specOf(ofKind(objects, 'Deployment') ?? ofKind(objects, 'DaemonSet'));
      const rolling = { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } };
      t.match(workload.strategy ?? workload.updateStrategy, rolling);
      const budget = ofKind(objects, 'PodDisruptionBudget');
      // The API server counts the pods of a Deployment alone: a budget for a DaemonSet would let none of them go.
      const counted = ofKind(objects, 'Deployment') !== undefined;
      t.equal(budget === undefined, !counted || name === 'everything-else');
      if (budget) {
        t.notOk(Object.hasOwn(specOf(budget), 'minAvailable'), 'one replica could never be evicted');
        t.notOk([0, '0%'].includes(specOf(budget).maxUnavailable as string | number));
      }
      t.end();
    },
  );
}

t.test('a Secret with keys outlives the ExternalSecret that made it', (t) => {
  const made = render(valuesOf('external-secrets')).filter(({ kind }) => kind === 'ExternalSecret');
  t.equal(made.length, 2);
  for (const object of made)
    t.match(specOf(object).target, { creationPolicy: 'Orphan', deletionPolicy: 'Retain' });
  t.end();
});

t.test('each place that is verified has a job and reports of its own, however long the names are', (t) => {
  const places = ['a-place-of-bucket1', 'a-place-of-bucket2'];
  const sets = places.map((name) => `verify.places.${name}=s3://backups`);
  const long = 'a-name-of-more-than-forty-characters-in-all';
  const objects = render([...valuesOf('verified'), '--set', [`fullnameOverride=${long}`, ...sets].join(',')]);
  const jobs = objects.filter(({ kind }) => kind === 'CronJob');
  const names = jobs.map(({ metadata }) => metadata.name);
  t.equal(jobs.length, 4);
  t.equal(new Set(names).size, jobs.length);
  for (const name of names) t.ok(name.length <= 52, name);
  const written = jobs
    .flatMap(podsOf)
    .flatMap((pod) => programOf(pod).args.filter((arg) => arg.startsWith('/reports/')));
  t.equal(new Set(written).size, 2 * jobs.length);
  for (const name of ['all', ...places]) t.ok(written.includes(`/reports/${name}.html`), name);
  t.end();
});

t.test('no rule of a policy lets pods go everywhere, with DNS or without', (t) => {
  for (const dns of ['null', '[]', '[{"ipBlock":{"cidr":"10.0.0.10/32"}}]']) {
    const values = dns === 'null' ? [] : ['--set-json', `networkPolicy.egress.dns=${dns}`];
    const policies = render([...valuesOf('restricted-network'), ...values]).filter(
      ({ kind }) => kind === 'NetworkPolicy',
    );
    t.equal(policies.length, 2);
    for (const policy of policies) {
      const rules = specOf(policy).egress as readonly {
        to?: readonly unknown[];
        ports: { port: number }[];
      }[];
      for (const { to } of rules) t.ok(to && to.length > 0, dns);
      t.equal(
        rules.some(({ ports }) => ports[0]?.port === 53),
        dns !== '[]',
      );
    }
  }
  t.end();
});

t.test('of a ConfigMap of yours all entries are there, and the config is read by its name', (t) => {
  const verified = ['--set', 'verify.enabled=true,verify.places.a=s3://a'];
  const pods = render([...valuesOf('existing-config'), ...verified]).flatMap(podsOf);
  t.equal(pods.length, 3);
  for (const { spec } of pods) {
    t.strictSame(spec.volumes.find(({ name }) => name === 'config')?.configMap, { name: 'proxy-config' });
    t.equal(spec.containers[0]?.args[1], '/etc/ssec-proxy/proxy.yaml');
  }
  t.end();
});

t.test('a name of digits and a text with a colon stay texts', (t) => {
  const sets = [
    'keys.secretName=123',
    'tls.secretName=1e3',
    'secrets.a.secretName=0x1',
    'priorityClassName=1',
    'serviceAccount.name=2',
    'vault.audience=a: b',
    'service.trafficDistribution=a: b',
    'service.loadBalancerClass=1',
    'externalSecrets.1.secretStoreRef.name=a',
    'externalSecrets.1.refreshInterval=0',
    'existingConfig.configMap=7',
    'monitoring.podMonitor.interval=30s',
    'monitoring.dashboard.namespace=8',
    'tls.certManager.duration=0',
    'tls.certManager.enabled=true',
    'tls.certManager.issuerRef.name=a',
  ];
  const objects = render([
    ...valuesOf('monitored'),
    ...sets.flatMap((set) => [set.endsWith('=true') ? '--set' : '--set-string', set]),
  ]);
  const wrong: string[] = [];
  const visit = (node: unknown, path: string): void => {
    if (typeof node === 'number' && TEXTS.test(path)) wrong.push(path);
    if (typeof node === 'object' && node !== null)
      for (const [name, child] of Object.entries(node)) visit(child, `${path}.${name}`);
  };
  for (const object of objects) visit(object, object.kind);
  t.strictSame(wrong, []);
  t.end();
});

function portOf({ ports }: Container, wanted: string): number | undefined {
  return ports.find(({ name }) => name === wanted)?.containerPort;
}

/** What the proxy makes of a config; of one that the chart does not see, what the values of its case say. */
function settingsOf(config: string | undefined) {
  if (config === undefined) return { admin: { port: 9990, tls: undefined }, drain: 300 };
  const { admin, drain } = configSchema().parse(parse(config));
  return {
    admin: { port: parseAddress(admin.address)?.port, tls: admin.tls },
    drain: (parseDuration(drain) ?? 0) / 1000,
  };
}
