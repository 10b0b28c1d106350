import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Api } from '../cluster/api.ts';
import { API_IP } from '../cluster/network.ts';
import type { Container, Pod } from '../cluster/objects.ts';
import { startContainer } from './container.ts';
import { environmentOf } from './environment.ts';
import type { Images } from './images.ts';
import { Sandbox } from './sandbox.ts';
import { statusOf } from './status.ts';
import { Supervised } from './supervised.ts';
import { Volumes } from './volumes.ts';

export interface Ground {
  readonly api: Api;
  readonly images: Images;
  /** For folders of pods. */
  readonly folder: string;
  readonly hosts: () => string;
}

export type Phase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

const SYNC_MS = 500;

/** One pod from what the API server holds to its end. */
export class PodRun {
  readonly pod: Pod;
  readonly address: string;
  readonly ended: Promise<void>;
  readonly startTime = new Date().toISOString();
  phase: Phase = 'Pending';
  fault = '';
  readonly inits: Supervised[] = [];
  readonly mains: Supervised[] = [];
  readonly #ground: Ground;
  readonly #folder: string;
  readonly #stopped = new AbortController();
  #volumes: Volumes;
  #sandbox: Sandbox | undefined;
  #told = '';

  constructor(pod: Pod, address: string, ground: Ground) {
    // The fields of the status that its environment asks for are known from here on.
    this.pod = { ...pod, status: { podIP: address } };
    this.address = address;
    this.#ground = ground;
    const { namespace, name, uid = '' } = pod.metadata;
    this.#folder = join(ground.folder, `${namespace}_${name}_${uid.slice(0, 8)}`);
    this.#volumes = new Volumes(ground.api, this.pod, join(this.#folder, 'volumes'));
    this.ended = this.#run();
  }

  get initialized(): boolean {
    return this.mains.length > 0;
  }

  logOf(container: string): string {
    return join(this.#folder, `${container}.log`);
  }

  /** Ends the containers first and their sidecars after them, in reverse; all share the grace. */
  async stop(graceSeconds: number): Promise<void> {
    this.#stopped.abort();
    const end = Date.now() + graceSeconds * 1000;
    const left = (): number => Math.max(0.1, (end - Date.now()) / 1000);
    await Promise.all(this.mains.map((main) => main.stop(left())));
    for (const init of this.inits.toReversed()) await init.stop(left());
    await this.ended;
  }

  /** Tells the API server how it is, if that has changed. */
  async tell(): Promise<void> {
    const status = statusOf(this);
    const text = JSON.stringify(status);
    if (text === this.#told) return;
    const { namespace, name } = this.pod.metadata;
    await this.#ground.api.merge(`/api/v1/namespaces/${namespace}/pods/${name}/status`, { status });
    this.#told = text;
  }

  async #run(): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const over = new AbortController();
    const follow = this.#follow(over.signal);
    try {
      await this.#untilMounted();
      this.#sandbox = await Sandbox.open(this.address);
      if (await this.#initialize()) await this.#serve();
    } catch (error) {
      this.fault = String(error);
    } finally {
      over.abort();
      await follow;
      await this.#sandbox?.close();
      if (this.fault !== '') this.phase = 'Failed';
    }
  }

  /** A missing Secret may come yet, as with the kubelet. */
  async #untilMounted(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      try {
        await this.#volumes.sync();
        this.fault = '';
        return;
      } catch (error) {
        this.fault = String(error);
        await this.#wait();
      }
    }
  }

  /** False where one failed for good, or the pod is told to end before. */
  async #initialize(): Promise<boolean> {
    const { initContainers = [], restartPolicy = 'Always' } = this.pod.spec;
    for (const container of initContainers) {
      if (this.#stopped.signal.aborted) return false;
      const sidecar = container.restartPolicy === 'Always';
      const policy = sidecar ? 'Always' : restartPolicy === 'Never' ? 'Never' : 'OnFailure';
      const init = this.#supervise(container, policy);
      this.inits.push(init);
      if (sidecar) {
        while (!init.started && !this.#stopped.signal.aborted) await pause(50);
      } else if ((await init.ended) !== 0) {
        this.phase = 'Failed';
        return false;
      }
    }
    return !this.#stopped.signal.aborted;
  }

  async #serve(): Promise<void> {
    const { containers, restartPolicy = 'Always' } = this.pod.spec;
    for (const container of containers) this.mains.push(this.#supervise(container, restartPolicy));
    this.phase = 'Running';
    const codes = await Promise.all(this.mains.map(({ ended }) => ended));
    // Nobody needs the sidecars any more.
    const grace = this.pod.spec.terminationGracePeriodSeconds ?? 30;
    if (!this.#stopped.signal.aborted) for (const init of this.inits.toReversed()) await init.stop(grace);
    else await Promise.all(this.inits.map(({ ended }) => ended));
    this.phase = codes.every((code) => code === 0) ? 'Succeeded' : 'Failed';
  }

  #supervise(container: Container, policy: 'Always' | 'OnFailure' | 'Never'): Supervised {
    return new Supervised(container, policy, this.address, async (restarts) => {
      const { api, images } = this.#ground;
      const image = await images.get(container.image);
      const hosts = join(this.#folder, 'hosts');
      await writeFile(hosts, `${this.#ground.hosts()}${this.address} ${this.pod.metadata.name}\n`);
      const service = { KUBERNETES_SERVICE_HOST: API_IP, KUBERNETES_SERVICE_PORT: '443' };
      const env = await environmentOf(api, this.pod, container, image.env, service);
      const id = `${this.pod.metadata.uid}-${container.name}-${restarts}`;
      return await startContainer(id, this.pod, container, {
        image,
        env,
        hosts,
        volume: (name) => this.#volumes.folderOf(name),
        sandbox: this.#sandbox?.pid ?? 0,
        folder: join(this.#folder, `${container.name}-${restarts}`),
        log: this.logOf(container.name),
      });
    });
  }

  async #follow(over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      await pause(SYNC_MS, undefined, { signal: over }).catch(() => undefined);
      // A Secret that is deleted leaves the files of a running pod.
      if (!over.aborted && this.#sandbox) await this.#volumes.sync().catch(() => undefined);
    }
  }

  async #wait(): Promise<void> {
    await pause(SYNC_MS, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
  }
}
