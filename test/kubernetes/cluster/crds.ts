import { join } from 'node:path';
import { run } from '../../matrix/program.ts';
import type { Tools } from './tools.ts';

/** Where definitions of resources of others stand, in modules that tools.sh downloads. */
const CRDS: readonly { readonly module: string; readonly folder: string }[] = [
  { module: 'github.com/cert-manager/cert-manager@v1.21.2', folder: 'deploy/crds' },
  {
    module: 'github.com/prometheus-operator/prometheus-operator@v0.85.0',
    folder: 'example/prometheus-operator-crd',
  },
  { module: 'github.com/vmware-tanzu/velero@v1.18.3', folder: 'config/crd/v1/bases' },
  { module: 'github.com/cloudnative-pg/plugin-barman-cloud@v0.15.0', folder: 'config/crd/bases' },
];

/** Applies all, and waits until objects of them can be made. `modules` is Go's module cache. */
export async function applyCrds({ kubectl }: Tools, modules: string): Promise<number> {
  for (const { module, folder } of CRDS) {
    await kubectl('apply', '--server-side', '-f', join(modules, module, folder));
  }
  const names = (await kubectl('get', 'crd', '-o', 'name')).trim().split('\n');
  await kubectl('wait', '--for=condition=Established', '--timeout=60s', ...names);
  return names.length;
}

/** Go's module cache. */
export async function modulesOf(): Promise<string> {
  const { PATH = '', HOME = '' } = process.env;
  return (await run('go', ['env', 'GOMODCACHE'], { env: { PATH, HOME } })).toString('utf8').trim();
}
