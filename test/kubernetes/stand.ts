import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Certificates, makeCertificates } from '../../src/cli/certificate.ts';
import { type Cluster, startCluster } from './cluster/cluster.ts';
import type { Local } from './node/images.ts';

/** What every step works on: a cluster with a store in it, and who may ask whom. */
export interface Stand {
  readonly cluster: Cluster;
  readonly folder: string;
  readonly tls: Certificates;
  /** Of the store, and of the one client of the proxy. */
  readonly store: Credentials;
  readonly client: Credentials;
  /** The image of the project, as charts and manifests name it. */
  readonly image: { readonly repository: string; readonly tag: string };
}

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export const ROOT = join(import.meta.dirname, '../..');
export const STORE = 'https://minio.store.svc:9000';
export const BUCKET = 'backups';

/** Names of the images that are made of programs of this machine. */
export const MINIO = 'minio:test';
export const CLIENT = 'client:test';
/** The AWS SDK for JavaScript: it knows AWS_ENDPOINT_URL, unlike the AWS CLI of some distributions. */
export const SDK = 'sdk:test';

export interface Given {
  readonly folder: string;
  /** Where tools.sh puts its programs. */
  readonly bin: string;
  readonly minio: string;
}

export async function startStand({ folder, bin, minio }: Given): Promise<Stand> {
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  const image = { repository: 'ssec-proxy', tag: version };
  const names = ['minio.store.svc', 'ssec-proxy.storage.svc'];
  const tls = await makeCertificates({ names, addresses: [] });
  const cluster = await startCluster(folder, bin, {
    [`${image.repository}:${image.tag}`]: await ownImage(),
    [MINIO]: { binds: { '/app/minio': minio }, entrypoint: ['/app/minio'] },
    [CLIENT]: {},
    [SDK]: { binds: { '/app/node': process.execPath, '/app/node_modules': join(ROOT, 'node_modules') } },
  });
  return {
    cluster,
    folder,
    tls,
    image,
    store: { accessKeyId: 'TESTSTORE', secretAccessKey: randomBytes(20).toString('hex') },
    client: { accessKeyId: 'TESTCLIENT', secretAccessKey: randomBytes(20).toString('hex') },
  };
}

/** What the Dockerfile puts together, from `npm run build` and the Node of the tests. */
async function ownImage(): Promise<Local> {
  const text = await readFile(join(ROOT, 'Dockerfile'), 'utf8');
  const [, started = ''] = /^ENTRYPOINT (\[.*\])$/m.exec(text) ?? [];
  const [, ...args] = JSON.parse(started) as string[];
  const [, command = '[]'] = /^CMD (\[.*\])$/m.exec(text) ?? [];
  return {
    binds: {
      '/app/dist': join(ROOT, 'dist'),
      '/app/package.json': join(ROOT, 'package.json'),
      '/app/node': process.execPath,
    },
    entrypoint: ['/app/node', ...args],
    command: JSON.parse(command) as string[],
    env: ['NODE_ENV=production'],
    user: '10001:10001',
  };
}
