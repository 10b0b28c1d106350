import { spawn } from 'node:child_process';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type GoModule, install } from '../install.ts';
import { end } from '../proxy.ts';
import { markersBelow } from '../search.ts';
import type { Store } from '../store.ts';
import { freePort } from './free-port.ts';
import { untilReady } from './ready.ts';

const MODULE: GoModule = { kind: 'go', module: 'github.com/minio/minio', path: '', command: 'minio' };
const CREDENTIALS = { accessKeyId: 'MATRIXSTORE', secretAccessKey: 'only-for-the-matrix' };

/** One MinIO with one folder. It takes SSE-C over its own TLS only. */
export const minio: Store = {
  id: 'minio',
  title: 'MinIO',
  provider: 'minio',
  install: async (cache) => void (await install(MODULE, cache)),
  start: async (folder, { caFile, certFile, keyFile }, cache) => {
    const { program, version } = await install(MODULE, cache);
    const [data, certs, port] = [join(folder, 'minio'), join(folder, 'certs'), await freePort()];
    for (const each of [data, certs]) await mkdir(each, { recursive: true });
    await copyFile(certFile, join(certs, 'public.crt'));
    await copyFile(keyFile, join(certs, 'private.key'));
    const address = ['--address', `127.0.0.1:${port}`, '--console-address', `127.0.0.1:${await freePort()}`];
    const child = spawn(program, ['server', '--quiet', '--certs-dir', certs, ...address, data], {
      stdio: 'ignore',
      env: {
        HOME: folder,
        MINIO_ROOT_USER: CREDENTIALS.accessKeyId,
        MINIO_ROOT_PASSWORD: CREDENTIALS.secretAccessKey,
        MINIO_BROWSER: 'off',
        MINIO_UPDATE: 'off',
        SSL_CERT_FILE: caFile,
      },
    });
    const endpoint = `https://localhost:${port}`;
    await untilReady(`${endpoint}/minio/health/ready`, child);
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
