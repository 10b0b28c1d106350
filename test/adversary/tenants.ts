import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { Client } from '../../src/clients/client.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { type Ask, ask, clientWith, type Got, REGION, SSEC_KEY, startFront, UPSTREAM } from './support.ts';

const ALL = ['read', 'write', 'list', 'delete'] as const;
const grant = (bucket: string, prefix: string, actions: readonly (typeof ALL)[number][] = ALL) => ({
  bucket,
  prefix,
  actions: new Set(actions),
});

/** Sees everything and seeds the store. */
export const ADMIN = clientWith('admin', { admin: true, grants: 'all' });
export const VELERO = clientWith('velero', {
  admin: false,
  grants: [grant('vault', 'velero/'), grant('open', 'velero/')],
});
export const READER = clientWith('reader', {
  admin: false,
  grants: [grant('vault', 'shared/', ['read']), grant('released', '', ['write'])],
});
const LISTER = clientWith('lister', { admin: false, grants: [grant('vault', 'shared/', ['list'])] });
export const DROPPER = clientWith('dropper', {
  admin: false,
  grants: [grant('vault', 'shared/', ['write'])],
});
const REMOVER = clientWith('remover', {
  admin: false,
  grants: [grant('vault', 'shared/', ['delete'])],
});
export const CLIENTS = { ADMIN, VELERO, READER, LISTER, DROPPER, REMOVER };

const SEEDS = ['velero/a', 'velero', 'velero-other/a', 'velerox', 'shared/b', 'foreign/c', 'Velero/a'];

export type By = (client: Client, request: Ask) => Promise<Got>;

export async function tenants(t: Test): Promise<By> {
  const folder = await mkdtemp(join(tmpdir(), 'ssec-proxy-permissions-'));
  const sandbox = await startSandbox({
    host: '127.0.0.1',
    port: 0,
    directory: folder,
    credentials: [UPSTREAM],
    region: REGION,
    insecureSsec: true,
    onFailure: (error) => t.fail(String(error)),
  });
  const front = await startFront(t, {
    port: sandbox.port,
    clients: Object.values(CLIENTS),
    rules: [
      { bucket: 'vault', encrypt: [SSEC_KEY] },
      { bucket: 'open', encrypt: 'off' },
      { bucket: 'released', encrypt: 'off', declassify: true },
    ],
  });
  t.teardown(async () => {
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  });
  const by: By = (as, request) => ask(t, front.port, { ...request, as });
  for (const bucket of ['vault', 'open', 'released'])
    await by(ADMIN, { method: 'PUT', target: `/${bucket}` });
  for (const objectKey of SEEDS)
    await by(ADMIN, { method: 'PUT', target: `/vault/${objectKey}`, body: `text of ${objectKey}` });
  return by;
}

export const copy = (from: string): Record<string, string> => ({ 'x-amz-copy-source': from });
