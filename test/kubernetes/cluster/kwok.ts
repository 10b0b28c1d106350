import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../matrix/program.ts';
import type { ControlPlane } from './control-plane.ts';
import { modulesOf } from './crds.ts';
import { type Running, ready, start } from './process.ts';

/** The node whose pods nobody runs: kwok says that they do. Pods have to want it. */
const KWOK_NODE = 'kwok';
export const ON_KWOK = {
  nodeSelector: { type: 'kwok' },
  tolerations: [{ key: 'kwok', operator: 'Exists', effect: 'NoSchedule' }],
};

const STAGES = [
  'node/fast/node-initialize.yaml',
  'pod/fast/pod-ready.yaml',
  'pod/fast/pod-complete.yaml',
  'pod/fast/pod-delete.yaml',
];

export async function startKwok(
  folder: string,
  bin: string,
  { api, kubeconfig }: ControlPlane,
): Promise<Running> {
  const said = await run('go', ['version', '-m', join(bin, 'kwok')], {
    env: { PATH: process.env.PATH ?? '' },
  });
  const version = /\tmod\tsigs\.k8s\.io\/kwok\t(\S+)/.exec(said.toString('utf8'))?.[1] ?? '';
  const stages = join(await modulesOf(), `sigs.k8s.io/kwok@${version}/kustomize/stage`);
  const texts = await Promise.all(STAGES.map((name) => readFile(join(stages, name), 'utf8')));
  await writeFile(join(folder, 'stages.yaml'), texts.join('\n---\n'));
  await api.create('/api/v1/nodes', {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: KWOK_NODE, labels: { type: 'kwok' } },
    spec: { taints: [{ key: 'kwok', effect: 'NoSchedule' }] },
  });
  const running = await start(
    'kwok',
    [
      join(bin, 'kwok'),
      `--kubeconfig=${kubeconfig}`,
      '--manage-nodes-with-label-selector=type=kwok',
      '--cidr=10.245.0.0/16',
      `--config=${join(folder, 'stages.yaml')}`,
    ],
    join(folder, 'kwok.log'),
  );
  await ready(running, async () => {
    const { status } = await api.get<{ status?: { conditions?: { type: string; status: string }[] } }>(
      `/api/v1/nodes/${KWOK_NODE}`,
    );
    return status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
  });
  return running;
}
