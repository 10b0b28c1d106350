import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run, runLines } from '../program.ts';
import { collect } from '../search.ts';
import type { Store } from '../store.ts';
import { freePort } from './free-port.ts';

const REAL = join(import.meta.dirname, '../../real');

/** A whole Ceph with its RADOS gateway, in memory, from the distribution's packages. */
export const ceph: Store = {
  id: 'ceph',
  title: 'Ceph RGW',
  provider: 'ceph',
  install: async () => {
    await run('bash', [join(REAL, 'install.sh')], { timeout: 600_000 });
  },
  start: async (folder, _tls, _cache, plain = false) => {
    const directory = join(folder, 'ceph');
    const plainPort = plain ? await freePort() : undefined;
    const env = {
      RGW_PORT: await freePort(),
      CEPH_MON_PORT: await freePort(),
      ...(plainPort && { RGW_PLAIN_PORT: plainPort }),
    };
    const script = (action: string): Promise<Buffer> =>
      run('bash', [join(REAL, 'ceph-rgw.sh'), action, directory], { env });
    await script('start');
    const user = await readFile(join(directory, 'user.env'), 'utf8');
    const setting = (name: string): string => new RegExp(`^${name}=(.*)$`, 'm').exec(user)?.[1] ?? '';
    const [version = ''] = await runLines('radosgw', ['--version']);
    return {
      endpoint: `https://localhost:${env.RGW_PORT}`,
      ...(plainPort && { plainEndpoint: `http://localhost:${plainPort}` }),
      caFile: join(directory, 'tls/ca.pem'),
      region: 'us-east-1',
      credentials: {
        accessKeyId: setting('CEPH_ACCESS_KEY'),
        secretAccessKey: setting('CEPH_SECRET_KEY'),
      },
      version: /version (\S+)/.exec(version)?.[1] ?? version,
      markers: async () => {
        await script('stop-rgw');
        return await markersInPools(join(directory, 'ceph.conf'));
      },
      stop: async () => void (await script('stop')),
    };
  },
};

/** Objects, their attributes and their indexes, of every pool. */
async function markersInPools(conf: string): Promise<ReadonlySet<string>> {
  const env = { CEPH_CONF: conf };
  const found = new Set<string>();
  for (const pool of await runLines('rados', ['lspools'], { env })) {
    const child = spawn('rados', ['export', '-p', pool, '-'], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, ...env },
    });
    await collect(child.stdout, found);
  }
  return found;
}
