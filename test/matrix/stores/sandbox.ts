import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startSandbox } from '../../../src/sandbox/sandbox.ts';
import { Secret } from '../../../src/secret.ts';
import { markersBelow } from '../search.ts';
import type { Store } from '../store.ts';
import { CREDENTIALS } from './servers.ts';

/** The project's own store: answers as Amazon S3 does, with an ETag that is not an MD5. */
export const sandbox: Store = {
  id: 'sandbox',
  title: 'The sandbox, as Amazon S3,',
  provider: 'aws',
  install: async () => undefined,
  start: async (folder, { caFile, certFile, keyFile }, _cache, plain = false) => {
    const directory = join(folder, 'sandbox');
    const tls = { cert: await readFile(certFile, 'utf8'), key: await readFile(keyFile, 'utf8') };
    const settings = {
      host: '127.0.0.1',
      port: 0,
      credentials: [{ ...CREDENTIALS, secretAccessKey: new Secret(CREDENTIALS.secretAccessKey) }],
      region: 'us-east-1',
      onFailure: (error: unknown) => console.error('the sandbox failed:', error),
    };
    const running = await startSandbox({ ...settings, directory, tls });
    const other = plain ? await startSandbox({ ...settings, directory: join(folder, 'plain') }) : undefined;
    return {
      endpoint: running.url.replace('127.0.0.1', 'localhost'),
      ...(other && { plainEndpoint: other.url.replace('127.0.0.1', 'localhost') }),
      caFile,
      region: 'us-east-1',
      credentials: CREDENTIALS,
      version: 'of this project',
      markers: () => markersBelow(directory),
      stop: async () => {
        await running.close();
        await other?.close();
      },
    };
  },
};
