import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from './cluster/process.ts';
import { clientTemplate, configMap } from './manifests.ts';
import { BUCKET, type Stand } from './stand.ts';

/** Clients that write and read all the time. */
export interface Load {
  /** Ends them; throws when one request of theirs failed. Gives how many rounds of a write and two reads there were. */
  end(): Promise<number>;
}

export async function startLoad({ cluster, client }: Stand, endpoint: string): Promise<Load> {
  const namespace = 'clients';
  const name = 'load';
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const program = await readFile(join(import.meta.dirname, 'clients/load.py'), 'utf8');
  await cluster.apply([configMap(namespace, name, { 'load.py': program })]);
  const template = clientTemplate({
    namespace,
    name,
    command: ['python3', '/files/load.py'],
    as: client,
    env: { ENDPOINT: endpoint, BUCKET },
    files: name,
  });
  await cluster.api.remove(`${path}/${name}`, { gracePeriodSeconds: 0 });
  await cluster.api.create(path, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { ...template.spec, terminationGracePeriodSeconds: 60 },
  });
  const said = async (): Promise<string> => {
    const run = cluster.kubelet.runOf(namespace, name);
    return await readFile(run?.logOf('client') ?? '', 'utf8');
  };
  await until('the load begins', async () => (await said()).includes('started'));
  const log = cluster.kubelet.runOf(namespace, name)?.logOf('client') ?? '';
  return {
    end: async () => {
      await cluster.api.remove(`${path}/${name}`);
      await until('the load ends', async () => (await cluster.api.find(`${path}/${name}`)) === undefined, 90);
      const text = await readFile(log, 'utf8');
      const last = text.trim().split('\n').at(-1) ?? '';
      const { rounds, failed } = JSON.parse(last) as { rounds: number; failed: string[] };
      if (failed.length > 0 || rounds === 0) {
        throw new Error(`${failed.length} of ${rounds} rounds failed: ${failed.slice(0, 5).join('; ')}`);
      }
      return rounds;
    },
  };
}
