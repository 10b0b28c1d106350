import { readFileSync } from 'node:fs';
import t from 'tap';
import { parseAllDocuments } from 'yaml';
import { loadConfig } from '../../src/snapshot/load.ts';
import { testKey } from '../config/fixture.ts';
import { readPolicy } from '../deploy/policy.ts';
import { admitted, apiWith, type Container, NOW } from './fixture.ts';

type Json = Record<string, unknown>;

interface CronJob {
  readonly spec: { readonly jobTemplate: { readonly spec: { readonly template: Json } } };
}

const TEXT = readFileSync(new URL('../../deploy/examples/injected.yaml', import.meta.url), 'utf8');
const [map, cronJob, ...policies] = parseAllDocuments(TEXT, { version: '1.1' }).map((one) => one.toJS()) as [
  Json,
  CronJob,
  { readonly kind: string },
];
const policy = readPolicy(policies);

const { template } = cronJob.spec.jobTemplate.spec;

t.test('the example’s pods get the proxy of its profile', async (t) => {
  const { kind, message, pod, warnings } = await admitted(template, { ask: apiWith(map) });
  t.equal(kind, 'injected', message);
  t.same(warnings, []);
  const [proxy] = pod.spec.initContainers;
  t.match(
    pod.spec.containers[0]?.env?.find(({ name }) => name === 'AWS_ENDPOINT_URL'),
    { value: 'http://127.0.0.1:8080' },
  );
  t.same(mountsOf(proxy), [
    '/etc/ssec-proxy',
    '/keys',
    '/secrets/upstream',
    '/var/run/secrets/kubernetes.io/serviceaccount',
  ]);
  t.same(mountsOf(pod.spec.containers[0]), ['/tmp'], 'the client has no key');
});

t.test('its NetworkPolicy closes the port that the injected probes ask', async (t) => {
  const { pod } = await admitted(template, { ask: apiWith(map) });
  const { podSelector, ingress } = policy.spec;
  t.match(pod.metadata.labels, podSelector.matchLabels, 'the injected pod is selected');
  const [proxy] = pod.spec.initContainers;
  t.match(proxy, { startupProbe: { httpGet: { port: ingress[0]?.ports[0]?.port } } });
  t.equal(typeof ingress[0]?.ports[0]?.port, 'number', 'no port of the sidecar has a name');
});

t.test('the config of the example serves with what its Secrets hold', async (t) => {
  const { 'config.yaml': config = '' } = map.data as Record<string, string>;
  const files = new Map<string, string | Uint8Array>([
    ['/etc/ssec-proxy/config.yaml', config],
    ['/keys/app-2026', testKey('app-2026')],
    ['/secrets/upstream/accessKeyId', 'an-id'],
    ['/secrets/upstream/secretAccessKey', 'test-secret'],
  ]);
  const { problems, snapshot } = await loadConfig('/etc/ssec-proxy/config.yaml', {
    readFile: async (path) => {
      const content = files.get(path);
      if (content === undefined) throw Object.assign(new Error(path), { code: 'ENOENT' });
      return { bytes: Buffer.from(content), mode: 0o440, truncated: false };
    },
    env: {},
    now: NOW,
    offline: true,
  });
  t.same(problems, []);
  t.ok(snapshot);
});

function mountsOf(container: Container | undefined): readonly string[] | undefined {
  return container?.volumeMounts?.map(({ mountPath }) => mountPath);
}
