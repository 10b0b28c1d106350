import { deepStrictEqual } from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { aws } from '../client-run.ts';
import type { Pod } from '../cluster/objects.ts';
import { until } from '../cluster/process.ts';
import { podsOf, requireInjected, sidecarOf } from '../injected.ts';
import { clientTemplate, configMap, namespace } from '../manifests.ts';
import { BUCKET, ROOT, SDK, STORE, type Stand } from '../stand.ts';
import { demand, type Step } from '../step.ts';
import { APPS, ASKS, PROFILE, profile } from './profile.ts';
import { EXPECTED, podSpec, WORKLOADS } from './workloads.ts';

export const NAMESPACE = 'injector';
const RELEASE = 'injector';
const PODS = `/api/v1/namespaces/${APPS}/pods`;

/** The injector at work, as the chart installs it. */
export const INJECTOR_STEPS: readonly Step[] = [
  {
    what: 'the injector is installed by the chart, and makes its certificate itself',
    run: async (stand) => {
      const { cluster, image } = stand;
      await cluster.apply([namespace(NAMESPACE), ...profile(stand)]);
      const values = {
        image,
        fleet: { enabled: false },
        injector: { enabled: true, profiles: [PROFILE, 'missing'] },
      };
      const file = await cluster.file('injector.json', JSON.stringify(values));
      const chart = join(ROOT, 'deploy/chart');
      await cluster.helm(
        'install',
        RELEASE,
        chart,
        '-n',
        NAMESPACE,
        '-f',
        file,
        '--wait',
        '--timeout',
        '120s',
      );
      return await sameCertificate(stand);
    },
  },
  {
    what: 'pods of each kind come out with the proxy that was meant, and are else what they are without it',
    run: async (stand) => {
      const { cluster, image } = stand;
      for (const [kind, make] of Object.entries(WORKLOADS)) {
        const name = kind.toLowerCase();
        await cluster.apply([make(`asks-${name}`, ASKS), make(`plain-${name}`, {})]);
      }
      const counts = [];
      for (const [kind, wanted] of Object.entries(EXPECTED)) {
        const name = kind.toLowerCase();
        const [asking, plain] = await until(
          `pods of ${kind}`,
          async () => {
            const all = await cluster.api.list<Pod>(PODS);
            const found = [podsOf(all, `asks-${name}`), podsOf(all, `plain-${name}`)] as const;
            return found.every((pods) => pods.length >= wanted) && found;
          },
          90,
        );
        const [other] = plain;
        demand(
          other !== undefined && sidecarOf(other) === undefined,
          `${kind}: a proxy that nobody asked for`,
        );
        if (other) for (const pod of asking) requireInjected(pod, other, `${image.repository}:${image.tag}`);
        counts.push(`${asking.length} of ${kind}`);
      }
      await cluster.kubectl('-n', APPS, 'delete', 'cronjob', '--all');
      return counts.join(', ');
    },
  },
  {
    what: 'a Job with a real client ends, and what it wrote through its sidecar is encrypted',
    run: async (stand) => {
      const { cluster, store } = stand;
      const program = await readFile(join(import.meta.dirname, '../clients/sidecar.mjs'), 'utf8');
      await cluster.apply([configMap(APPS, 'program', { 'sidecar.mjs': program })]);
      const template = clientTemplate({
        namespace: APPS,
        name: 'job',
        image: SDK,
        command: ['/app/node', '/files/sidecar.mjs', BUCKET, 'from-job'],
        // The proxy does not look at it.
        as: { accessKeyId: 'unused', secretAccessKey: 'unused' },
        labels: ASKS,
        files: 'program',
      });
      await cluster.apply([
        {
          apiVersion: 'batch/v1',
          kind: 'Job',
          metadata: { name: 'real', namespace: APPS },
          spec: { backoffLimit: 0, template },
        },
      ]);
      await cluster.kubectl('-n', APPS, 'wait', '--for=condition=complete', 'job/real', '--timeout=90s');
      const asking = { namespace: 'clients', as: store, endpoint: STORE };
      const refused = await aws(
        stand,
        asking,
        's3api',
        'head-object',
        '--bucket',
        BUCKET,
        '--key',
        'from-job',
      ).then(
        () => false,
        (error: unknown) => String(error).includes('(400)'),
      );
      demand(refused, 'the store has it without a key');
      return 'asked without the key, the store says 400';
    },
  },
  {
    what: 'a dry run shows the proxy and makes nothing',
    run: async ({ cluster }) => {
      const shown = await cluster.api.create<Pod>(`${PODS}?dryRun=All`, pod('dry', ASKS));
      demand(sidecarOf(shown) !== undefined, 'no proxy in it');
      demand((await cluster.api.find(`${PODS}/dry`)) === undefined, 'it is there');
      return '';
    },
  },
  {
    what: 'a pod that has its proxy already comes out as it went in',
    run: async ({ cluster }) => {
      const { spec, metadata } = await cluster.api.create<Pod>(`${PODS}?dryRun=All`, pod('once', ASKS));
      const { labels, annotations } = metadata;
      const again = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'twice', labels, annotations }, spec };
      const twice = await cluster.api.create<Pod>(`${PODS}?dryRun=All`, again);
      deepStrictEqual(twice.spec, spec);
      return '';
    },
  },
  {
    what: 'a pod that can have no proxy is refused, with the reason',
    run: async ({ cluster }) => {
      const reasons = [];
      for (const [reason, asked] of REFUSED) {
        const said = await cluster.api.create(PODS, asked).then(
          () => 'it was made',
          (error: unknown) => String(error),
        );
        demand(reason.test(said), `${reason}: ${said}`);
        reasons.push(reason.source);
      }
      return reasons.join(', ');
    },
  },
  {
    what: "the injector's account may do what it needs, and nothing else",
    run: async ({ cluster }) => await rights(cluster),
  },
];

export function pod(name: string, labels: object, spec: object = podSpec('Always')): object {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels }, spec };
}

const REFUSED: readonly (readonly [RegExp, object])[] = [
  [/ConfigMap ssec-proxy-missing/, pod('missing', { 'ssec-proxy.io/inject': 'missing' })],
  [/hostNetwork/, pod('host', ASKS, podSpec('Always', { hostNetwork: true }))],
  [/shareProcessNamespace/, pod('shares', ASKS, podSpec('Always', { shareProcessNamespace: true }))],
];

/** Both replicas serve what one of them made. */
async function sameCertificate({ cluster }: Stand): Promise<string> {
  const pods = await cluster.api.list<Pod>(`/api/v1/namespaces/${NAMESPACE}/pods`);
  const seen = await Promise.all(
    pods.map(({ status, spec }) => fingerprintAt(status?.podIP ?? '', portOf(spec))),
  );
  demand(new Set(seen).size === 1, `${seen.length} pods serve ${new Set(seen).size} certificates`);
  return `${pods.length} pods, one certificate`;
}

function portOf({ containers }: Pod['spec']): number {
  return containers[0]?.ports?.[0]?.containerPort ?? 0;
}

function fingerprintAt(host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, rejectUnauthorized: false, timeout: 5000 }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.on('timeout', () => socket.destroy(new Error('no answer')));
    socket.on('error', reject);
  });
}

/** Asks the API server for each right that would be too much, and for each that is needed. */
async function rights({ kubectl }: Stand['cluster']): Promise<string> {
  const account = (
    await kubectl('-n', NAMESPACE, 'get', 'pods', '-o', 'jsonpath={.items[0].spec.serviceAccountName}')
  ).trim();
  const as = `--as=system:serviceaccount:${NAMESPACE}:${account}`;
  const may = async (...asked: readonly string[]): Promise<boolean> =>
    await kubectl('auth', 'can-i', ...asked, as).then(
      (said) => said.trim() === 'yes',
      () => false,
    );
  const needed = [['get', `configmaps/ssec-proxy-${PROFILE}`, '-n', APPS]];
  const tooMuch = [
    ['get', 'configmaps', '-n', APPS],
    ['get', 'configmaps/ca', '-n', APPS],
    ['get', 'secrets', '-n', APPS],
    ['list', 'secrets', '-n', NAMESPACE],
    ['create', 'secrets', '-n', NAMESPACE],
    ['update', 'configmaps', '-n', APPS],
    ['create', 'pods', '-n', APPS],
    ['create', 'mutatingwebhookconfigurations'],
    ['patch', 'mutatingwebhookconfigurations/another'],
    ['get', 'nodes'],
  ];
  for (const asked of needed) demand(await may(...asked), `it may not ${asked.join(' ')}`);
  for (const asked of tooMuch) demand(!(await may(...asked)), `it may ${asked.join(' ')}`);
  return `${needed.length} asked for and given, ${tooMuch.length} refused`;
}
