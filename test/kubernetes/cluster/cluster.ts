import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Images, type Local } from '../node/images.ts';
import { Kubelet } from '../node/kubelet.ts';
import type { Api } from './api.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { startKwok } from './kwok.ts';
import { openNetwork } from './network.ts';
import { type Running, stop } from './process.ts';
import { ServiceProxy } from './services.ts';
import { type Tools, toolsOf } from './tools.ts';

/** A Kubernetes that is up: its control plane, two nodes that run what is bound to them, and one of kwok. */
export interface Cluster extends Tools {
  readonly api: Api;
  readonly version: string;
  readonly kubelet: Kubelet;
  stop(): Promise<void>;
}

/** Nodes whose pods are run. */
const NODES = ['node-a', 'node-b'];

/** Call it in a network namespace of its own. */
export async function startCluster(
  folder: string,
  bin: string,
  local: Readonly<Record<string, Local>>,
): Promise<Cluster> {
  const at = async (name: string): Promise<string> => {
    await mkdir(join(folder, name), { recursive: true });
    return join(folder, name);
  };
  await openNetwork();
  const plane = await startControlPlane(await at('control-plane'), bin);
  let kwok: Running | undefined;
  try {
    kwok = await startKwok(await at('kwok'), bin, plane);
    return assemble(plane, kwok, await at('pods'), new Images(await at('images'), bin, local), {
      ...toolsOf(await at('files'), bin, plane.kubeconfig),
    });
  } catch (error) {
    if (kwok) await stop(kwok);
    await plane.stop();
    throw error;
  }
}

function assemble(plane: ControlPlane, kwok: Running, folder: string, images: Images, tools: Tools): Cluster {
  const { api, version } = plane;
  const services = new ServiceProxy(api);
  const kubelet = new Kubelet(NODES, { api, images, folder, hosts: () => services.hosts });
  return {
    ...tools,
    api,
    version,
    kubelet,
    stop: async () => {
      await kubelet.stop();
      await services.stop();
      await stop(kwok);
      await plane.stop();
    },
  };
}
