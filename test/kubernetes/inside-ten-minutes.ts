import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { run } from '../matrix/program.ts';
import { aws } from './client-run.ts';
import { type Running, ready, start, stop } from './cluster/process.ts';
import { commandsBelow } from './guide.ts';
import { ROOT, STORE, type Stand, startStand } from './stand.ts';
import { carryOut, demand, type Step } from './step.ts';
import { STORE_STEPS } from './steps/store.ts';

/* Started by ten-minutes.ts in namespaces of its own. */
const REGISTRY = '127.0.0.1:5000';
const ENDPOINT = 'https://ssec-proxy.storage.svc';
const PAGE = 'deploy/chart/README.md';
const LIMIT_S = 600;

// The first process of its namespace is not ended by a signal that it does not wait for.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

const [bin = '', minio = '', folder = ''] = process.argv.slice(2);
const home = join(folder, 'home');

const STEPS: readonly Step[] = [
  {
    what: 'the image and the chart are pushed into the registry',
    run: async ({ image }) => {
      await run(join(bin, 'crane'), [
        'push',
        join(folder, 'layout'),
        `${REGISTRY}/${image.repository}:${image.tag}`,
      ]);
      await helm('package', join(ROOT, 'deploy/chart'), '-d', folder);
      await helm(
        'push',
        '--plain-http',
        join(folder, `ssec-proxy-${image.tag}.tgz`),
        `oci://${REGISTRY}/charts`,
      );
      return REGISTRY;
    },
  },
  {
    what: `the commands of ${PAGE}, with the registry's name and the chart in it`,
    run: async (stand) => {
      await writeOwnFiles(stand);
      const commands = (await commandsBelow(PAGE, 'Install'))
        .replaceAll('registry.example.com', REGISTRY)
        .replaceAll(' deploy/chart ', ` oci://${REGISTRY}/charts/ssec-proxy --plain-http `);
      const file = join(home, 'commands.sh');
      await writeFile(file, `set -eu\n${commands}\n`);
      await run('bash', [file], { cwd: home, env: environment(), timeout: 300_000 });
      const rollout = ['rollout', 'status', 'deployment/ssec-proxy', '--timeout=120s'];
      await stand.cluster.kubectl('-n', 'storage', ...rollout);
      return `${commands.split('\n').length} commands; the pods are ready`;
    },
  },
  {
    what: 'the first object is written, read, and encrypted at the store',
    run: async (stand) => {
      const { client, store } = stand;
      const asked = ['--bucket', 'backups', '--key', 'first'];
      const throughProxy = { namespace: 'clients', as: client, endpoint: ENDPOINT };
      await aws(stand, throughProxy, 's3api', 'put-object', ...asked, '--body', '/ca/ca.crt');
      await aws(stand, throughProxy, 's3api', 'get-object', ...asked, '/tmp/read');
      const atStore = { namespace: 'clients', as: store, endpoint: STORE };
      const said = await aws(stand, atStore, 's3api', 'head-object', ...asked).catch(String);
      demand(said.includes('(400)'), `the store says, asked without the key: ${said}`);
      return 'asked without the key, the store says 400';
    },
  },
  {
    what: "verify's CronJob is green",
    run: async ({ cluster }) => {
      const from = '--from=cronjob/ssec-proxy-verify-all';
      await cluster.kubectl('-n', 'storage', 'create', 'job', 'first', from);
      await cluster.kubectl(
        '-n',
        'storage',
        'wait',
        '--for=condition=complete',
        'job/first',
        '--timeout=120s',
      );
      return '';
    },
  },
];

await mkdir(home);
const stand = await startStand({ folder: home, bin, minio });
let registry: Running | undefined;
try {
  console.log(
    `before the clock starts, Kubernetes ${stand.cluster.version} and an empty registry are up, and a store`,
  );
  registry = await start('registry', [join(bin, 'registry'), '-port', '5000'], join(folder, 'registry.log'));
  await ready(registry, async () => (await fetch(`http://${REGISTRY}/v2/`)).ok);
  let failed = await carryOut(stand, STORE_STEPS);
  const begin = Date.now();
  failed += await carryOut(stand, STEPS);
  const seconds = Math.round((Date.now() - begin) / 1000);
  console.log(`${failed === 0 ? 'done' : `${failed} FAILED`} after ${seconds} s, of ${LIMIT_S}`);
  process.exitCode = failed === 0 && seconds < LIMIT_S ? 0 : 1;
} finally {
  if (registry) await stop(registry);
  await stand.cluster.stop();
}

function environment(): Record<string, string> {
  const KUBECONFIG = join(home, 'control-plane/kubeconfig');
  return { PATH: `${home}/bin:${bin}:/usr/bin:/bin`, HOME: home, KUBECONFIG };
}

async function helm(...args: readonly string[]): Promise<void> {
  await run(join(bin, 'helm'), args, { env: environment() });
}

/** What the page takes for granted: the program, credentials, a certificate, and values. */
async function writeOwnFiles({ store, client, tls }: Stand): Promise<void> {
  const minimal = parse(await readFile(join(ROOT, 'deploy/chart/ci/minimal-values.yaml'), 'utf8')) as {
    config: { upstream: object; clients: object[] };
  };
  const [velero] = minimal.config.clients;
  const upstream = { ...minimal.config.upstream, endpoint: STORE, region: 'us-east-1', provider: 'minio' };
  const values = {
    ...minimal,
    config: {
      ...minimal.config,
      upstream: { ...upstream, addressing: 'path', ca: '/ca/ca.crt' },
      clients: [{ ...velero, accessKeyId: client.accessKeyId }],
    },
    volumes: [
      { name: 'ca', secret: { secretName: 'ssec-proxy-tls', items: [{ key: 'tls.crt', path: 'ca.crt' }] } },
    ],
    volumeMounts: [{ name: 'ca', mountPath: '/ca', readOnly: true }],
    verify: { enabled: true, places: { all: 's3://backups' } },
  };
  const files: Readonly<Record<string, string>> = {
    accessKeyId: store.accessKeyId,
    secretAccessKey: store.secretAccessKey,
    velero: client.secretAccessKey,
    'tls.crt': `${tls.cert}\n${tls.ca}`,
    'tls.key': tls.key,
    'values.yaml': JSON.stringify(values),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(home, name), text, { mode: 0o600 });
  await mkdir(join(home, 'bin'));
  const program = join(home, 'bin/ssec-proxy');
  await writeFile(program, `#!/bin/sh\nexec ${process.execPath} ${join(ROOT, 'dist/main.js')} "$@"\n`);
  await chmod(program, 0o755);
}
