import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { join } from 'node:path';
import { run } from '../../matrix/program.ts';
import { Api } from './api.ts';
import { NODE_IP, SERVICES } from './network.ts';
import { type Running, ready, start, stop, until } from './process.ts';

/** A Kubernetes whose nodes are somebody else's. */
export interface ControlPlane {
  readonly api: Api;
  readonly kubeconfig: string;
  readonly version: string;
  stop(): Promise<void>;
}

const ETCD = 'http://127.0.0.1:2379';
const URL = `https://${NODE_IP}:6443`;

/** Starts etcd, the API server, its controllers and its scheduler; `bin` is where tools.sh puts them. */
export async function startControlPlane(folder: string, bin: string): Promise<ControlPlane> {
  const token = randomBytes(16).toString('hex');
  const at = (name: string): string => join(folder, name);
  await writeFile(at('tokens.csv'), `${token},admin,1,system:masters\n`, { mode: 0o600 });
  await run('openssl', ['genrsa', '-out', at('sa.key'), '2048']);
  const all: Running[] = [];
  const begin = async (name: string, command: readonly string[]): Promise<Running> => {
    const running = await start(name, command, at(`${name}.log`));
    all.push(running);
    return running;
  };
  const stopAll = async (): Promise<void> => {
    for (const running of all.toReversed()) await stop(running);
  };
  try {
    await ready(
      await begin('etcd', etcd(at('etcd'))),
      async () => (await statusOf(`${ETCD}/health`)) === 200,
    );
    const server = await begin('kube-apiserver', apiServer(bin, at));
    const ca = await until('a certificate', () => readFile(at('certs/apiserver.crt'), 'utf8'));
    const api = new Api(URL, ca, token);
    await writeFile(at('kubeconfig'), kubeconfigOf(ca, token), { mode: 0o600 });
    // Before it is healthy the others give up.
    await ready(server, async () => (await api.get<string>('/readyz')) === 'ok');
    await begin('kube-controller-manager', controllerManager(bin, at));
    await begin('kube-scheduler', scheduler(bin, at));
    const { gitVersion } = await api.get<{ gitVersion: string }>('/version');
    const end = async (): Promise<void> => {
      api.close();
      await stopAll();
    };
    return { api, kubeconfig: at('kubeconfig'), version: gitVersion, stop: end };
  } catch (error) {
    await stopAll();
    throw error;
  }
}

function etcd(data: string): readonly string[] {
  const peers = 'http://127.0.0.1:2380';
  return [
    'etcd',
    `--data-dir=${data}`,
    `--listen-client-urls=${ETCD}`,
    `--advertise-client-urls=${ETCD}`,
    `--listen-peer-urls=${peers}`,
    `--initial-advertise-peer-urls=${peers}`,
    `--initial-cluster=default=${peers}`,
    // It lives as long as a test.
    '--unsafe-no-fsync',
  ];
}

function apiServer(bin: string, at: (name: string) => string): readonly string[] {
  return [
    join(bin, 'kube-apiserver'),
    `--etcd-servers=${ETCD}`,
    '--secure-port=6443',
    `--advertise-address=${NODE_IP}`,
    // It makes its certificate itself, for its own addresses.
    `--cert-dir=${at('certs')}`,
    `--service-cluster-ip-range=${SERVICES}`,
    `--service-account-issuer=https://kubernetes.default.svc`,
    `--service-account-key-file=${at('sa.key')}`,
    `--service-account-signing-key-file=${at('sa.key')}`,
    '--authorization-mode=RBAC',
    `--token-auth-file=${at('tokens.csv')}`,
  ];
}

function controllerManager(bin: string, at: (name: string) => string): readonly string[] {
  return [
    join(bin, 'kube-controller-manager'),
    `--kubeconfig=${at('kubeconfig')}`,
    `--service-account-private-key-file=${at('sa.key')}`,
    // What pods trust the API server by.
    `--root-ca-file=${at('certs/apiserver.crt')}`,
    '--bind-address=127.0.0.1',
    `--cert-dir=${at('controller-certs')}`,
    // The test's own nodes send no heartbeats.
    '--node-monitor-grace-period=24h',
    '--leader-elect=false',
  ];
}

function scheduler(bin: string, at: (name: string) => string): readonly string[] {
  return [
    join(bin, 'kube-scheduler'),
    `--kubeconfig=${at('kubeconfig')}`,
    '--bind-address=127.0.0.1',
    `--cert-dir=${at('scheduler-certs')}`,
    '--leader-elect=false',
  ];
}

function kubeconfigOf(ca: string, token: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'test',
        cluster: { server: URL, 'certificate-authority-data': Buffer.from(ca).toString('base64') },
      },
    ],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
    'current-context': 'test',
  });
}

function statusOf(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    }).on('error', reject);
  });
}
