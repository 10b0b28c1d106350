import { type ChildProcess, spawn } from 'node:child_process';
import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { GoModule } from '../go.ts';
import { install } from '../install.ts';
import { end } from '../proxy.ts';
import { markersBelow } from '../search.ts';
import type { Store, TlsFiles } from '../store.ts';
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
  start: async (folder, tls, cache, plain = false) => {
    const { program, version } = await install(MODULE, cache);
    const data = join(folder, 'minio');
    const certs = join(folder, 'certs');
    await mkdir(certs, { recursive: true });
    await copyFile(tls.certFile, join(certs, 'public.crt'));
    await copyFile(tls.keyFile, join(certs, 'private.key'));
    const secure = await serve(program, ['--certs-dir', certs], data, tls);
    const other = plain ? await serve(program, [], join(folder, 'minio-plain'), tls) : undefined;
    const endpoint = `https://localhost:${secure.port}`;
    const plainEndpoint = `http://localhost:${other?.port}`;
    await untilReady(`${endpoint}/minio/health/ready`, secure.child);
    if (other) await untilReady(`${plainEndpoint}/minio/health/ready`, other.child);
    return {
      endpoint,
      ...(other && { plainEndpoint }),
      caFile: tls.caFile,
      region: 'us-east-1',
      credentials: CREDENTIALS,
      version,
      markers: async () => {
        await end(secure.child);
        return await markersBelow(data);
      },
      stop: async () => {
        await end(secure.child);
        if (other) await end(other.child);
      },
    };
  },
};

async function serve(
  program: string,
  options: readonly string[],
  data: string,
  { caFile }: TlsFiles,
): Promise<{ child: ChildProcess; port: string }> {
  const port = await freePort();
  const home = dirname(data);
  await mkdir(data, { recursive: true });
  const address = ['--address', `127.0.0.1:${port}`, '--console-address', `127.0.0.1:${await freePort()}`];
  const child = spawn(program, ['server', '--quiet', ...options, ...address, data], {
    stdio: 'ignore',
    env: {
      HOME: home,
      MINIO_ROOT_USER: CREDENTIALS.accessKeyId,
      MINIO_ROOT_PASSWORD: CREDENTIALS.secretAccessKey,
      MINIO_BROWSER: 'off',
      MINIO_UPDATE: 'off',
      SSL_CERT_FILE: caFile,
    },
  });
  return { child, port };
}
