import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startSandbox } from '../../../src/sandbox/sandbox.ts';
import { Secret } from '../../../src/secret.ts';
import { DOMAIN } from '../proxy.ts';
import { markersBelow } from '../search.ts';
import type { Store } from '../store.ts';
import { CREDENTIALS } from './servers.ts';

/** The project's own store as Huawei OBS: virtual hosts only, and strict where its documents are silent. */
export const sandboxObs: Store = {
  id: 'sandbox-obs',
  title: 'The sandbox, as Huawei OBS,',
  provider: 'obs',
  dialect: 'obs',
  install: async () => undefined,
  start: async (folder, { caFile, certFile, keyFile }) => {
    const directory = join(folder, 'sandbox-obs');
    const running = await startSandbox({
      profile: 'obs',
      host: '127.0.0.1',
      port: 0,
      domains: [DOMAIN],
      credentials: [{ ...CREDENTIALS, secretAccessKey: new Secret(CREDENTIALS.secretAccessKey) }],
      region: 'us-east-1',
      directory,
      tls: { cert: await readFile(certFile, 'utf8'), key: await readFile(keyFile, 'utf8') },
      onFailure: (error) => console.error('the sandbox failed:', error),
    });
    return {
      endpoint: `https://${DOMAIN}:${running.port}`,
      caFile,
      region: 'us-east-1',
      credentials: CREDENTIALS,
      version: 'of this project',
      markers: () => markersBelow(directory),
      stop: () => running.close(),
    };
  },
};
