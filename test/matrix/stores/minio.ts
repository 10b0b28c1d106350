import { spawn } from 'node:child_process';
import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { GoModule } from '../go.ts';
import { install } from '../install.ts';
import type { Store, TlsFiles } from '../store.ts';
import { freePort } from './free-port.ts';
import { CREDENTIALS, type Server, startServers } from './servers.ts';

export const MODULE: GoModule = { kind: 'go', module: 'github.com/minio/minio', path: '', command: 'minio' };

/** One MinIO with one folder. It takes SSE-C over its own TLS only. */
export const minio: Store = {
  id: 'minio',
  title: 'MinIO',
  provider: 'minio',
  install: async (cache) => void (await install(MODULE, cache)),
  start: async (folder, tls, cache, plain = false) => {
    const { program, version } = await install(MODULE, cache);
    const certs = join(folder, 'certs');
    await mkdir(certs, { recursive: true });
    await copyFile(tls.certFile, join(certs, 'public.crt'));
    await copyFile(tls.keyFile, join(certs, 'private.key'));
    return await startServers(
      {
        id: 'minio',
        version,
        health: '/minio/health/ready',
        serve: (data, over) => serve(program, over === 'tls' ? ['--certs-dir', certs] : [], data, tls),
      },
      folder,
      tls,
      plain,
    );
  },
};

async function serve(
  program: string,
  options: readonly string[],
  data: string,
  { caFile }: TlsFiles,
): Promise<Server> {
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
