import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { CHART, MINIMAL } from './helm.ts';

const DEPLOYMENTS = '/apis/apps/v1/namespaces/storage/deployments';
/** What the chart makes by default, by group and version. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  v1: ['ConfigMap', 'Pod', 'Service', 'ServiceAccount'],
  'apps/v1': ['Deployment'],
  'autoscaling/v2': ['HorizontalPodAutoscaler'],
  'networking.k8s.io/v1': ['NetworkPolicy'],
  'policy/v1': ['PodDisruptionBudget'],
};
const pathOf = (version: string): string => (version === 'v1' ? '/api/v1' : `/apis/${version}`);
const groups = Object.keys(KINDS).filter((version) => version !== 'v1');
const DISCOVERY: Readonly<Record<string, unknown>> = {
  '/version': { major: '1', minor: '34', gitVersion: 'v1.34.0' },
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/apis': {
    kind: 'APIGroupList',
    groups: groups.map((groupVersion) => ({
      name: groupVersion.split('/')[0],
      versions: [{ groupVersion, version: groupVersion.split('/')[1] }],
    })),
  },
  ...Object.fromEntries(
    Object.entries(KINDS).map(([groupVersion, kinds]) => {
      const resources = kinds.map((kind) => ({
        name: `${kind.toLowerCase()}s`,
        namespaced: true,
        kind,
        verbs: ['get'],
      }));
      return [pathOf(groupVersion), { kind: 'APIResourceList', groupVersion, resources }];
    }),
  ),
};

/** Helm takes nothing over that is not of its release. */
const OURS = {
  name: 'ssec-proxy',
  namespace: 'storage',
  labels: { 'app.kubernetes.io/managed-by': 'Helm' },
  annotations: { 'meta.helm.sh/release-name': 'ssec-proxy', 'meta.helm.sh/release-namespace': 'storage' },
};

/** What helm makes of the chart beside a cluster whose Deployment has so many replicas; undefined for one that has none. */
async function renderBeside(t: Test, replicas: number | undefined, set: string): Promise<string> {
  const live: Readonly<Record<string, unknown>> = {
    ...DISCOVERY,
    ...(replicas === undefined
      ? {}
      : {
          [`${DEPLOYMENTS}/ssec-proxy`]: {
            apiVersion: 'apps/v1',
            kind: 'Deployment',
            metadata: OURS,
            spec: { replicas },
          },
        }),
  };
  const server = createServer((request, response) => {
    const found = live[new URL(request.url ?? '/', 'http://localhost').pathname];
    const missing = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', code: 404 };
    response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(found ?? missing));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const args = ['template', 'ssec-proxy', CHART, '--namespace', 'storage', '-f', MINIMAL, '--set', set];
  const connected = ['--dry-run=server', '--disable-openapi-validation', '--kube-apiserver', api];
  const { stdout } = await promisify(execFile)(
    'helm',
    [...args, ...connected, '--show-only', 'templates/workload.yaml'],
    {
      env: { ...process.env, KUBECONFIG: '/dev/null' },
      timeout: 60_000,
    },
  );
  return stdout;
}

const replicasOf = (text: string): number | undefined => {
  const found = /^ {2}replicas: (.*)$/m.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
};

t.test('an autoscaler that is turned on finds as many pods as there were', async (t) => {
  const set = 'autoscaling.enabled=true,autoscaling.minReplicas=4';
  t.equal(replicasOf(await renderBeside(t, 4, set)), 4);
  t.equal(replicasOf(await renderBeside(t, 17, set)), 17);
});

t.test('an autoscaler counts from the start where nothing runs yet', async (t) => {
  t.equal(replicasOf(await renderBeside(t, undefined, 'autoscaling.enabled=true')), undefined);
});

t.test('without an autoscaler the values count, whatever runs', async (t) => {
  t.equal(replicasOf(await renderBeside(t, 7, 'replicas=3')), 3);
});
