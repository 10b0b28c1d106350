import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RustCrate } from '../cargo.ts';
import { install } from '../install.ts';
import { runLines } from '../program.ts';
import { end } from '../proxy.ts';
import { markersBelow } from '../search.ts';
import type { Store } from '../store.ts';
import { freePort } from './free-port.ts';
import { untilReady } from './ready.ts';
import { tlsFront } from './tls-front.ts';

const CRATE: RustCrate = {
  kind: 'cargo',
  name: 'garage',
  command: 'garage',
  features: ['sqlite', 'bundled-libs'],
};
const REGION = 'garage';

/** One Garage with one folder. It has no TLS of its own. */
export const garage: Store = {
  id: 'garage',
  title: 'Garage',
  provider: 'garage',
  install: async (cache) => void (await install(CRATE, cache)),
  start: async (folder, tls, cache, plain = false) => {
    const { program, version } = await install(CRATE, cache);
    const data = join(folder, 'garage');
    await mkdir(data, { recursive: true });
    const [s3, rpc, admin] = [await freePort(), await freePort(), await freePort()];
    const config = join(folder, 'garage.toml');
    await writeFile(config, configText({ data, s3, rpc, admin }), { mode: 0o600 });
    const child = spawn(program, ['-c', config, 'server', '--single-node'], {
      stdio: 'ignore',
      env: { HOME: data },
    });
    const ask = (...args: readonly string[]): Promise<string[]> =>
      runLines(program, ['-c', config, ...args], { env: { HOME: data } });
    const credentials = {
      accessKeyId: `GK${randomBytes(12).toString('hex')}`,
      secretAccessKey: randomBytes(32).toString('hex'),
    };
    await untilReady(`http://127.0.0.1:${admin}/health`, child);
    await ask('key', 'import', '--yes', '-n', 'matrix', credentials.accessKeyId, credentials.secretAccessKey);
    await ask('key', 'allow', '--create-bucket', credentials.accessKeyId);
    const front = await tlsFront(s3, tls);
    return {
      endpoint: front.endpoint,
      ...(plain && { plainEndpoint: `http://localhost:${s3}` }),
      caFile: tls.caFile,
      region: REGION,
      credentials,
      version,
      markers: async () => {
        await end(child);
        return await markersBelow(data);
      },
      stop: async () => {
        front.close();
        await end(child);
      },
    };
  },
};

interface Places {
  readonly data: string;
  readonly s3: string;
  readonly rpc: string;
  readonly admin: string;
}

/** Nothing is compressed: the markers of plain bodies are to be found. */
function configText({ data, s3, rpc, admin }: Places): string {
  return `metadata_dir = "${data}/meta"
data_dir = "${data}/data"
db_engine = "sqlite"
replication_factor = 1
compression_level = "none"
rpc_bind_addr = "127.0.0.1:${rpc}"
rpc_public_addr = "127.0.0.1:${rpc}"
rpc_secret = "${randomBytes(32).toString('hex')}"

[s3_api]
s3_region = "${REGION}"
api_bind_addr = "127.0.0.1:${s3}"

[admin]
api_bind_addr = "127.0.0.1:${admin}"
`;
}
