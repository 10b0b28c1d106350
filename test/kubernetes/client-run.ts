import { readFile } from 'node:fs/promises';
import type { Pod } from './cluster/objects.ts';
import { until } from './cluster/process.ts';
import { type Asking, clientTemplate } from './manifests.ts';
import type { Stand } from './stand.ts';

/** Runs a client to its end in a pod of its own and gives what it printed. Throws with that when it fails. */
async function runClient({ cluster }: Stand, asking: Asking): Promise<string> {
  const { namespace, name } = asking;
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const { spec, metadata } = clientTemplate(asking);
  await cluster.api.create(path, { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, name }, spec });
  const phase = await until(`${name} ends`, async () => {
    const { status } = await cluster.api.get<Pod>(`${path}/${name}`);
    return (status?.phase === 'Succeeded' || status?.phase === 'Failed') && status.phase;
  });
  const run = cluster.kubelet.runOf(namespace, name);
  const said = await readFile(run?.logOf('client') ?? '', 'utf8').catch(() => '');
  await cluster.api.remove(`${path}/${name}`, { gracePeriodSeconds: 0 });
  if (phase === 'Failed') throw new Error(`${name}: ${run?.fault ?? ''}${said}`);
  return said;
}

/** Runs one AWS CLI command. */
export async function aws(
  stand: Stand,
  asking: Omit<Asking, 'command' | 'name'> & { readonly endpoint: string },
  ...args: readonly string[]
): Promise<string> {
  const { endpoint, ...rest } = asking;
  number += 1;
  const command = ['aws', '--endpoint-url', endpoint, ...args];
  return await runClient(stand, { ...rest, name: `aws-${number}`, command });
}

let number = 0;
