import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { parseAllDocuments } from 'yaml';
import { VERIFY_NEEDS } from '../../src/cli/commands/needs.ts';
import { loadConfig } from '../../src/snapshot/load.ts';
import { NOW } from '../config/fixture.ts';
import { readExample } from './manifest.ts';
import { CONFIG_FILE, mounted } from './mounted.ts';
import { readPolicy } from './policy.ts';

for (const name of ['service.yaml', 'sidecar.yaml', 'vault.yaml', 'verify.yaml']) {
  t.test(`${name}: the embedded config loads with the secrets that its comment makes`, async (t) => {
    const example = readExample(name);
    t.ok(example.proxy.args.includes(CONFIG_FILE));
    const { snapshot, problems } = await loadConfig(CONFIG_FILE, {
      readFile: await mounted(example),
      env: {},
      now: NOW,
      offline: true,
      ...(name === 'verify.yaml' ? { needs: { ...VERIFY_NEEDS, buckets: ['backups'] } } : {}),
    });
    t.strictSame(problems, []);
    const wanted = name === 'vault.yaml' ? 'waiting' : 'ssec';
    t.ok(snapshot?.rules.rules.some(({ encryption }) => encryption.kind === wanted));
  });

  t.test(`${name}: volumes and mounts fit, and all but scratch space is read-only`, (t) => {
    const { pod, objects } = readExample(name);
    const containers = [...pod.initContainers, ...pod.containers];
    const mounts = containers.flatMap(({ volumeMounts }) => volumeMounts);
    t.strictSame(
      [...new Set(mounts.map((mount) => mount.name))].toSorted(),
      pod.volumes.map((volume) => volume.name).toSorted(),
    );
    for (const mount of mounts) t.equal(mount.readOnly, mount.mountPath !== '/tmp', mount.mountPath);
    for (const { configMap, secret } of pod.volumes) {
      if (secret) t.equal(secret.defaultMode, 0o400);
      if (configMap)
        t.ok(objects.some(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === configMap.name));
    }
    t.end();
  });

  t.test(`${name}: fits the restricted pod security standard`, (t) => {
    const { pod } = readExample(name);
    t.match(pod.securityContext, {
      runAsNonRoot: true,
      runAsUser: 10001,
      fsGroup: 10001,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    for (const container of [...pod.initContainers, ...pod.containers]) {
      t.match(
        container.securityContext,
        {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        container.name,
      );
    }
    t.end();
  });
}

for (const name of ['service.yaml', 'sidecar.yaml', 'vault.yaml']) {
  t.test(`${name}: every probe asks the admin port`, async (t) => {
    const example = readExample(name);
    const { proxy } = example;
    const { snapshot } = await loadConfig(CONFIG_FILE, {
      readFile: await mounted(example),
      env: {},
      now: NOW,
      offline: true,
    });
    const portNumber = (port: string) => proxy.ports.find((entry) => entry.name === port)?.containerPort;
    t.not(snapshot?.admin?.host, '127.0.0.1', 'the kubelet is outside the pod');
    t.equal(proxy.readinessProbe?.httpGet.path, '/readyz');
    t.equal(proxy.livenessProbe?.httpGet.path, '/healthz');
    for (const probe of [proxy.readinessProbe, proxy.livenessProbe, proxy.startupProbe]) {
      if (probe) t.equal(portNumber(probe.httpGet.port), snapshot?.admin?.port);
    }
  });

  t.test(`${name}: the pod is given longer to end than the proxy drains`, async (t) => {
    const example = readExample(name);
    const { snapshot } = await loadConfig(CONFIG_FILE, {
      readFile: await mounted(example),
      env: {},
      now: NOW,
      offline: true,
    });
    const preStop = example.proxy.lifecycle?.preStop.sleep.seconds ?? 0;
    const drain = (snapshot?.limits.drain ?? Infinity) / 1000;
    t.ok(example.pod.terminationGracePeriodSeconds > preStop + drain);
  });
}

t.test(
  'verify.yaml: a job that finds a fault fails, is not tried again, and verifies a place of its config',
  (t) => {
    const { objects, proxy, pod, config } = readExample('verify.yaml');
    const [command, , place = ''] = proxy.args;
    t.equal(command, 'verify');
    t.match(config, `bucket: ${place.slice('s3://'.length)}`);
    t.equal(pod.restartPolicy, 'Never');
    t.match(
      objects.find(({ kind }) => kind === 'CronJob'),
      { spec: { concurrencyPolicy: 'Forbid', jobTemplate: { spec: { backoffLimit: 0 } } } },
    );
    t.end();
  },
);

t.test('service.yaml: the Service and the disruption budget select the pods of the Deployment', (t) => {
  const { objects } = readExample('service.yaml');
  const labels = { 'app.kubernetes.io/name': 'ssec-proxy' };
  const find = (wanted: string) => objects.find(({ kind }) => kind === wanted);
  t.match(find('Deployment'), {
    spec: { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels } } },
  });
  t.match(find('Service'), { spec: { selector: labels, ports: [{ targetPort: 'https' }] } });
  t.match(find('PodDisruptionBudget'), { spec: { minAvailable: 1, selector: { matchLabels: labels } } });
  t.end();
});

t.test('sidecar.yaml: the client talks to a loopback listener of a native sidecar', (t) => {
  const { pod, proxy, config } = readExample('sidecar.yaml');
  t.equal(proxy.restartPolicy, 'Always');
  t.ok(pod.initContainers.includes(proxy));
  const endpoint = pod.containers[0]?.env.find(({ name }) => name === 'AWS_ENDPOINT_URL')?.value ?? '';
  t.equal(new URL(endpoint).hostname, '127.0.0.1');
  t.ok(config.includes(`address: ${new URL(endpoint).host}`));
  t.end();
});

const EXAMPLES = new URL('../../deploy/examples/', import.meta.url);
const textOf = (name: string): string => readFileSync(new URL(name, EXAMPLES), 'utf8');
/** Not an example by itself, but the config of another one. */
const CONFIG_OF_SERVICE = 'service-config.yaml';
const opened = globSync('*.yaml', { cwd: fileURLToPath(EXAMPLES) })
  .filter((name) => name !== CONFIG_OF_SERVICE)
  .map((name) => ({ name, more: name === 'service.yaml' ? `---\n${textOf(CONFIG_OF_SERVICE)}` : '' }))
  .map(({ name, more }) => ({ name, text: `${textOf(name)}${more}` }))
  .filter(({ text }) => text.includes('open: true'));

t.test('there are examples with an open admin address', (t) => {
  t.strictSame(opened.map(({ name }) => name).toSorted(), [
    'injected.yaml',
    'service.yaml',
    'sidecar.yaml',
    'vault.yaml',
  ]);
  t.end();
});

for (const { name, text } of opened) {
  t.test(`${name}: an open admin address is for Prometheus and no other pod`, (t) => {
    const objects = objectsOf(text);
    const policy = readPolicy(objects);
    const labels = policy.spec.podSelector.matchLabels;
    t.ok(Object.keys(labels).length > 0, 'it does not select all pods of the namespace');
    const [pod, ...others] = objects.flatMap(podsOf);
    t.strictSame(others, []);
    t.match(pod?.metadata.labels, labels);
    t.strictSame(policy.spec.policyTypes, ['Ingress']);
    const port = Number(/admin: \{ address: "0\.0\.0\.0:(\d+)"/.exec(text)?.[1]);
    const ports = Object.values(pod?.spec ?? {})
      .flatMap((value) => (Array.isArray(value) ? value : []) as readonly ContainerPorts[])
      .flatMap((container) => container.ports ?? []);
    const named = new Map(ports.map((entry) => [entry.name, entry.containerPort]));
    const numberOf = (port: string | number) => (typeof port === 'number' ? port : named.get(port));
    const admits = policy.spec.ingress.map(({ from, ports }) => ({
      from,
      ports: ports.map((entry) => numberOf(entry.port)),
    }));
    t.strictSame(
      admits.filter(({ ports }) => ports.includes(port)),
      [
        {
          from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
          ports: [port],
        },
      ],
    );
    t.strictSame(
      admits.flatMap(({ ports }) => ports.map(String)).toSorted(),
      [...new Set([...named.values(), port])].map(String).toSorted(),
      'every port of the container, and no other',
    );
    t.end();
  });

  t.test(`${name}: the policy does not name a port of a sidecar, since not every plugin finds it`, (t) => {
    const { spec } = readPolicy(objectsOf(text));
    const named = spec.ingress
      .flatMap(({ ports }) => ports)
      .filter((entry) => typeof entry.port === 'string');
    const sidecar = /initContainers:|ssec-proxy\.io\/inject/.test(text);
    t.ok(!sidecar || named.length === 0, JSON.stringify(named));
    t.end();
  });
}

interface ContainerPorts {
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
}

interface Labelled {
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec: object;
}

/** The pod of an object, or what it makes pods of. */
function podsOf(object: { readonly kind: string }): readonly Labelled[] {
  if (object.kind === 'Pod') return [object as unknown as Labelled];
  const { spec } = object as {
    spec?: { template?: Labelled; jobTemplate?: { spec: { template: Labelled } } };
  };
  const template = spec?.jobTemplate?.spec.template ?? spec?.template;
  return template ? [template] : [];
}

function objectsOf(text: string): readonly { readonly kind: string }[] {
  return parseAllDocuments(text, { version: '1.1' }).map((one) => one.toJS() as { kind: string });
}

t.test(
  'service.yaml can be applied again: it holds no config that would take the place of the one in use',
  (t) => {
    const { text, pod, objects } = readExample('service.yaml');
    t.notMatch(text, /^kind: (?:ConfigMap|Secret)$/m);
    const mounted = pod.volumes.flatMap(({ configMap }) => (configMap ? [configMap.name] : []));
    const configs = objects.filter(({ kind }) => kind === 'ConfigMap');
    t.strictSame(
      configs.map(({ metadata }) => metadata.name),
      mounted,
    );
    t.end();
  },
);
