import type { Server } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import type { Api } from '../cluster/api.ts';
import { NODE_IP } from '../cluster/network.ts';
import type { Pod } from '../cluster/objects.ts';
import { LOGS_PORT, serveLogs } from './logs.ts';
import { type Ground, PodRun } from './pod-run.ts';

const LOOK_MS = 200;

/**
 * A kubelet for some nodes: it runs the pods that are bound to them, as containers on this machine, from nothing but what
 * the API server holds.
 */
export class Kubelet {
  readonly #nodes: ReadonlySet<string>;
  readonly #ground: Ground;
  readonly #runs = new Map<string, PodRun>();
  readonly #ending = new Map<string, Promise<void>>();
  readonly #loop: Promise<void>;
  #logs: Server | undefined;
  #next = 2;
  #stopped = false;

  constructor(nodes: readonly string[], ground: Ground) {
    this.#nodes = new Set(nodes);
    this.#ground = ground;
    this.#loop = this.#run();
  }

  /** The run of a pod, for its logs. */
  runOf(namespace: string, name: string): PodRun | undefined {
    const all = [...this.#runs.values()];
    return all.findLast(({ pod }) => pod.metadata.namespace === namespace && pod.metadata.name === name);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#loop;
    this.#logs?.close();
    await Promise.all([...this.#runs.values()].map((run) => run.stop(1)));
    await Promise.all(this.#ending.values());
  }

  async #run(): Promise<void> {
    this.#logs = await serveLogs((namespace, pod, container) => this.runOf(namespace, pod)?.logOf(container));
    await Promise.all([...this.#nodes].map((name) => makeNode(this.#ground.api, name)));
    while (!this.#stopped) {
      await this.#look().catch(() => undefined);
      await pause(LOOK_MS);
    }
  }

  async #look(): Promise<void> {
    const pods = await this.#ground.api.list<Pod>('/api/v1/pods');
    const bound = pods.filter(({ spec }) => this.#nodes.has(spec.nodeName ?? ''));
    for (const pod of bound) this.#take(pod);
    const known = new Set(bound.map(({ metadata }) => metadata.uid));
    for (const [uid, run] of this.#runs) if (!known.has(uid)) this.#end(uid, run, 0);
    // A pod that is gone has nobody to be told of.
    for (const run of this.#runs.values()) await run.tell().catch(() => undefined);
  }

  #take(pod: Pod): void {
    const { uid = '', deletionTimestamp, deletionGracePeriodSeconds = 30 } = pod.metadata;
    const run = this.#runs.get(uid) ?? new PodRun(pod, this.#address(), this.#ground);
    this.#runs.set(uid, run);
    if (deletionTimestamp !== undefined) this.#end(uid, run, deletionGracePeriodSeconds);
  }

  #end(uid: string, run: PodRun, seconds: number): void {
    if (this.#ending.has(uid)) return;
    this.#ending.set(
      uid,
      this.#finish(uid, run, seconds).catch(() => undefined),
    );
  }

  async #finish(uid: string, run: PodRun, seconds: number): Promise<void> {
    await run.stop(seconds);
    const { namespace, name } = run.pod.metadata;
    await run.tell().catch(() => undefined);
    await this.#ground.api.remove(`/api/v1/namespaces/${namespace}/pods/${name}`, {
      gracePeriodSeconds: 0,
      preconditions: { uid },
    });
    this.#runs.delete(uid);
  }

  #address(): string {
    const next = this.#next++;
    return `10.244.${next >> 8}.${next & 255}`;
  }
}

/** A node that is ready; nobody looks after its lease, so its own controller is told to wait for years. */
async function makeNode(api: Api, name: string): Promise<void> {
  const path = '/api/v1/nodes';
  await api.create(path, {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' } },
  });
  const lastHeartbeatTime = new Date().toISOString();
  const room = { cpu: '64', memory: '64Gi', pods: '500', 'ephemeral-storage': '100Gi' };
  await api.merge(`${path}/${name}/status`, {
    status: {
      addresses: [{ type: 'InternalIP', address: NODE_IP }],
      daemonEndpoints: { kubeletEndpoint: { Port: LOGS_PORT } },
      capacity: room,
      allocatable: room,
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          reason: 'KubeletReady',
          lastHeartbeatTime,
          lastTransitionTime: lastHeartbeatTime,
        },
      ],
    },
  });
}
