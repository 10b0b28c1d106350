import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { GoModule } from '../go.ts';
import { install } from '../install.ts';
import type { Store, TlsFiles } from '../store.ts';
import { freePort } from './free-port.ts';
import { CREDENTIALS, type Server, startServers } from './servers.ts';

export const MODULE: GoModule = {
  kind: 'go',
  module: 'github.com/versity/versitygw',
  path: 'cmd/versitygw',
  command: 'versitygw',
  known: 'v1.8.0',
};
const HEALTH = '/health-of-the-gateway';

/**
 * A gateway to a folder. It keeps account of checksums as Amazon S3 does, shares no code with this project, and takes
 * SSE-C headers without a word: what is asked of it is what does not hang on encryption.
 */
export const versitygw: Store = {
  id: 'versitygw',
  title: 'Versity S3 Gateway',
  provider: 'generic',
  encrypts: false,
  install: async (cache) => void (await install(MODULE, cache)),
  start: async (folder, tls, cache, plain = false) => {
    const { program, version } = await install(MODULE, cache);
    const secure = ['--cert', tls.certFile, '--key', tls.keyFile];
    return await startServers(
      {
        id: 'versitygw',
        version,
        health: HEALTH,
        serve: (data, over) => serve(program, over === 'tls' ? secure : [], data, tls),
      },
      folder,
      tls,
      plain,
    );
  },
};

/** It closes each connection by default; what it knows of objects is kept beside them, whatever the file system can. */
async function serve(
  program: string,
  options: readonly string[],
  data: string,
  { caFile }: TlsFiles,
): Promise<Server> {
  const port = await freePort();
  const [files, metadata, versions] = ['files', 'metadata', 'versions'].map((name) => join(data, name));
  for (const each of [files, metadata, versions]) await mkdir(each ?? '', { recursive: true });
  const gateway = ['--port', `127.0.0.1:${port}`, '--health', HEALTH, '--keep-alive', '--quiet', ...options];
  const store = ['posix', '--sidecar', metadata ?? '', '--versioning-dir', versions ?? '', files ?? ''];
  const child = spawn(program, [...gateway, ...store], {
    stdio: 'ignore',
    env: {
      HOME: data,
      ROOT_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      ROOT_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      SSL_CERT_FILE: caFile,
    },
  });
  return { child, port };
}
