import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../matrix/program.ts';
import { aws } from '../client-run.ts';
import { until } from '../cluster/process.ts';
import { startLoad } from '../load.ts';
import { configMap, keySecret, namespace, proxyConfig, secret } from '../manifests.ts';
import { BUCKET, ROOT, STORE, type Stand } from '../stand.ts';
import { demand, type Step } from '../step.ts';

const NAMESPACE = 'storage';
const RELEASE = 'ssec-proxy';
const CHART = join(ROOT, 'deploy/chart');
const ENDPOINT = 'https://ssec-proxy.storage.svc';
const KEYS = { first: randomBytes(32), second: randomBytes(32) };

/** The chart as a service of the cluster: installed, upgraded under load, a key rotated, a node drained, verified. */
export const CHART_STEPS: readonly Step[] = [
  {
    what: 'the chart of the release before is installed, and its pods are ready',
    run: async (stand) => {
      const { cluster, tls, store, client } = stand;
      await cluster.apply([
        namespace(NAMESPACE),
        configMap(NAMESPACE, 'ca', { 'ca.crt': tls.ca }),
        keySecret(NAMESPACE, 'keys', { first: KEYS.first }),
        secret(NAMESPACE, 'upstream', { ...store }),
        secret(NAMESPACE, 'clients', { client: client.secretAccessKey }),
        {
          ...secret(NAMESPACE, 'tls', { 'tls.crt': tls.cert, 'tls.key': tls.key }),
          type: 'kubernetes.io/tls',
        },
      ]);
      const { chart, from } = await chartBefore(stand);
      await helm(stand, 'install', chart, valuesOf(stand, ['first']));
      return from;
    },
  },
  {
    what: '`helm test` passes',
    run: async ({ cluster }) => {
      await cluster.helm('test', RELEASE, '-n', NAMESPACE, '--timeout', '90s');
      return '';
    },
  },
  {
    what: 'a client writes and reads through the Service, and the store has it encrypted',
    run: async (stand) => {
      await aws(stand, throughProxy(stand), 's3api', 'put-object', ...at('hello'), '--body', '/ca/ca.crt');
      await aws(stand, throughProxy(stand), 's3api', 'head-object', ...at('hello'));
      return await refusedAtStore(stand, 'hello');
    },
  },
  {
    what: 'the chart is upgraded while clients write and read',
    run: async (stand) => {
      const load = await startLoad(stand, ENDPOINT);
      const before = await podNames(stand);
      const values = { ...valuesOf(stand, ['first']), podAnnotations: { release: 'next' } };
      await helm(stand, 'upgrade', CHART, values);
      const after = await podNames(stand);
      const rounds = await load.end();
      demand(!before.some((name) => after.includes(name)), `a pod was not replaced: ${after.join(', ')}`);
      return `0 failed of ${rounds} rounds of a write and two reads`;
    },
  },
  {
    what: 'a key is rotated by its Secret and the config, without a new pod, while clients write and read',
    run: async (stand) => {
      const load = await startLoad(stand, ENDPOINT);
      const before = await podNames(stand);
      await stand.cluster.apply([keySecret(NAMESPACE, 'keys', KEYS)], '--force-conflicts');
      const values = { ...valuesOf(stand, ['second', 'first']), podAnnotations: { release: 'next' } };
      await helm(stand, 'upgrade', CHART, values);
      await until('an object is under the second key', async () => {
        await aws(
          stand,
          throughProxy(stand),
          's3api',
          'put-object',
          ...at('rotated'),
          '--body',
          '/ca/ca.crt',
        );
        return await readsWith(stand, 'rotated', KEYS.second);
      });
      const after = await podNames(stand);
      const rounds = await load.end();
      demand(before.join() === after.join(), `other pods: ${after.join(', ')}`);
      await aws(stand, throughProxy(stand), 's3api', 'head-object', ...at('hello'));
      return `0 failed of ${rounds} rounds; the store opens a new object with the second key alone`;
    },
  },
  {
    what: 'a node is drained while clients write and read: the budget lets its pod go, and one stays',
    run: async (stand) => {
      const { kubectl } = stand.cluster;
      const load = await startLoad(stand, ENDPOINT);
      const rest = ['--ignore-daemonsets', '--delete-emptydir-data', '--force', '--timeout=120s'];
      const chosen = ['-l', `app.kubernetes.io/name=${RELEASE}`];
      await kubectl('drain', await nodeOfOne(stand), `--pod-selector=${chosen[1]}`, ...rest);
      await kubectl('-n', NAMESPACE, 'rollout', 'status', `deployment/${RELEASE}`, '--timeout=90s');
      await kubectl('uncordon', 'node-a', 'node-b');
      return `0 failed of ${await load.end()} rounds`;
    },
  },
  {
    what: "verify's CronJob is green",
    run: async ({ cluster }) => {
      const [, name = ''] =
        /cronjob\.batch\/(\S+)/.exec(
          await cluster.kubectl('-n', NAMESPACE, 'get', 'cronjob', '-o', 'name'),
        ) ?? [];
      await cluster.kubectl('-n', NAMESPACE, 'create', 'job', 'now', `--from=cronjob/${name}`);
      await cluster.kubectl('-n', NAMESPACE, 'wait', '--for=condition=complete', 'job/now', '--timeout=90s');
      await cluster.kubectl('-n', NAMESPACE, 'delete', 'job', 'now');
      return name;
    },
  },
];

/** Releases have a tag from the first one on; until then the same chart is the one before, with other values. */
async function chartBefore({ folder }: Stand): Promise<{ chart: string; from: string }> {
  const tags = (await run('git', ['-C', ROOT, 'tag', '--sort=-version:refname']))
    .toString('utf8')
    .split('\n');
  for (const tag of tags.filter((name) => /^v\d/.test(name))) {
    const place = join(folder, tag);
    await run('mkdir', ['-p', place]);
    const tar = join(place, 'chart.tar');
    try {
      await run('git', ['-C', ROOT, 'archive', '-o', tar, tag, 'deploy/chart']);
    } catch {
      continue;
    }
    await run('tar', ['-xf', tar, '-C', place]);
    const chart = join(place, 'deploy/chart');
    if (existsSync(chart)) return { chart, from: tag };
  }
  return { chart: CHART, from: 'no release has a chart yet: this one, with other values' };
}

async function helm(stand: Stand, verb: 'install' | 'upgrade', chart: string, values: object): Promise<void> {
  const { cluster } = stand;
  const file = await cluster.file(`values-${Date.now()}.json`, JSON.stringify(values));
  await cluster.helm(verb, RELEASE, chart, '-n', NAMESPACE, '-f', file, '--wait', '--timeout', '150s');
}

function valuesOf(stand: Stand, keyIds: readonly string[]): object {
  return {
    image: stand.image,
    config: proxyConfig(stand, keyIds),
    keys: { secretName: 'keys' },
    tls: { secretName: 'tls' },
    secrets: { upstream: { secretName: 'upstream' }, clients: { secretName: 'clients' } },
    volumes: [{ name: 'ca', configMap: { name: 'ca' } }],
    volumeMounts: [{ name: 'ca', mountPath: '/secrets/ca', readOnly: true }],
    networkPolicy: {
      admin: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
    },
    monitoring: {
      podMonitor: { enabled: true },
      prometheusRule: { enabled: true },
      dashboard: { enabled: true },
    },
    verify: { enabled: true, places: { all: `s3://${BUCKET}` } },
  };
}

function throughProxy({ client }: Stand): { namespace: string; as: Stand['client']; endpoint: string } {
  return { namespace: 'clients', as: client, endpoint: ENDPOINT };
}

function at(objectKey: string): readonly string[] {
  return ['--bucket', BUCKET, '--key', objectKey];
}

/** The store gives an encrypted object to nobody without its key: 400. */
async function refusedAtStore(stand: Stand, objectKey: string): Promise<string> {
  const asking = { namespace: 'clients', as: stand.store, endpoint: STORE };
  try {
    await aws(stand, asking, 's3api', 'head-object', ...at(objectKey));
  } catch (error) {
    if (String(error).includes('(400)')) return 'asked without the key, it says 400';
    throw error;
  }
  throw new Error('the store has it without a key');
}

/** Does the store open it with this key alone, without the proxy? */
async function readsWith(stand: Stand, objectKey: string, ssecKey: Buffer): Promise<boolean> {
  const held = { ...configMap('clients', 'key', {}), binaryData: { key: ssecKey.toString('base64') } };
  await stand.cluster.apply([held]);
  const asking = { namespace: 'clients', as: stand.store, endpoint: STORE, files: 'key' };
  const how = ['--sse-c', 'AES256', '--sse-c-key', 'fileb:///files/key'];
  try {
    await aws(stand, asking, 's3', 'cp', ...how, `s3://${BUCKET}/${objectKey}`, '/tmp/read');
    return true;
  } catch {
    return false;
  }
}

async function podNames({ cluster }: Stand): Promise<readonly string[]> {
  const chosen = 'labelSelector=app.kubernetes.io%2Fcomponent%3Dproxy';
  const pods = await cluster.api.list(`/api/v1/namespaces/${NAMESPACE}/pods?${chosen}`);
  const staying = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  return staying.map(({ metadata }) => metadata.name).toSorted();
}

async function nodeOfOne({ cluster }: Stand): Promise<string> {
  const path = 'jsonpath={.items[0].spec.nodeName}';
  return await cluster.kubectl(
    '-n',
    NAMESPACE,
    'get',
    'pods',
    '-l',
    'app.kubernetes.io/component=proxy',
    '-o',
    path,
  );
}
