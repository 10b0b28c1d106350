import { randomBytes } from 'node:crypto';
import { chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Certificates } from '../../../src/cli/certificate.ts';
import { readExample } from '../../deploy/manifest.ts';

const EXAMPLE = 'service.yaml';

export const CLIENT = { accessKeyId: 'velero', secretAccessKey: 'client-secret-for-tests' };
export const OWNER = { accessKeyId: 'owner', secretAccessKey: 'owner-secret-for-tests' };
export const REGION = 'eu-central-1';
export const BUCKET = 'backups';

interface Service {
  /** What is mounted, by where. */
  readonly mounts: Readonly<Record<string, string>>;
  /** The limit of memory of its container, in bytes. */
  readonly memory: number;
}

/**
 * What `deploy/examples/service.yaml` mounts, with its config: only its addresses are others, because the container shares
 * this machine's loopback. The files are of root, and the user's group may read them, as the kubelet lays them down.
 */
export async function serviceFiles(
  folder: string,
  { port, adminPort, store }: { port: string; adminPort: string; store: string },
  { ca, cert, key }: Certificates,
): Promise<Service> {
  const { config, proxy } = readExample(EXAMPLE);
  const text = config
    .replace('0.0.0.0:8443', `127.0.0.1:${port}`)
    .replace('0.0.0.0:8990", open: true', `127.0.0.1:${adminPort}"`)
    .replace(/endpoint: \S+/, `endpoint: ${store}\n  addressing: path\n  ca: /etc/ssec-proxy/ca.crt`);
  const contents: Readonly<Record<string, Readonly<Record<string, string | Buffer>>>> = {
    config: { 'config.yaml': text, 'ca.crt': ca },
    tls: { 'tls.crt': cert, 'tls.key': key },
    keys: { 'backups-2026': randomBytes(32) },
    upstream: OWNER,
    clients: { [CLIENT.accessKeyId]: CLIENT.secretAccessKey },
  };
  for (const [volume, files] of Object.entries(contents)) {
    await mkdir(join(folder, volume));
    for (const [name, content] of Object.entries(files)) {
      const path = join(folder, volume, name);
      await writeFile(path, content, { mode: 0o440 });
      await chown(path, 0, 10_001);
    }
  }
  const mounts = proxy.volumeMounts.map(({ name, mountPath }) => [mountPath, join(folder, name)] as const);
  return { mounts: Object.fromEntries(mounts), memory: memoryOf(proxy) };
}

function memoryOf(proxy: object): number {
  const { resources } = proxy as { resources?: { limits?: { memory?: string } } };
  const [, mib = ''] = /^(\d+)Mi$/.exec(resources?.limits?.memory ?? '') ?? [];
  if (mib === '') throw new Error(`${EXAMPLE} has no limit of memory in Mi`);
  return Number(mib) * 1024 * 1024;
}
