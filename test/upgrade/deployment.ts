import { randomInt } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { PodTemplate } from '../chart/pods.ts';
import type { Balancer } from './balancer.ts';
import { type Objects, Pod } from './pod.ts';

/** How much later the nodes know that a pod has become ready, or is leaving. Less than the chart's preStop. */
const PROPAGATION_MS = 1500;

/**
 * The Deployment's controllers, with `maxSurge: 1` and `maxUnavailable: 0`: a new pod has to be ready before an old one is told to
 * end, one after the other. Pods that are ready and not about to end are in the Service.
 */
export class Deployment {
  readonly pods: Pod[] = [];
  /** All that there ever were. */
  readonly all: Pod[] = [];
  readonly #folder: string;
  readonly #balancer: Balancer;
  /** The third byte of its pods' addresses: other runs on this machine have others. */
  readonly #network = randomInt(1, 255);

  constructor(folder: string, balancer: Balancer) {
    this.#folder = folder;
    this.#balancer = balancer;
  }

  /** As many pods of the template, ready; those of another template leave when they are not needed any more. */
  async apply(template: PodTemplate, replicas: number, objects: Objects): Promise<void> {
    const old = this.pods.filter((pod) => !isDeepStrictEqual(pod.template, template));
    for (let missing = replicas - (this.pods.length - old.length); missing > 0; missing -= 1) {
      const pod = await this.#start(template, objects);
      while (!pod.ready) await this.#wait(pod);
      const leaving = old.shift();
      if (leaving) await this.#end(leaving);
    }
    for (const pod of old) await this.#end(pod);
  }

  /** Each node brings what ConfigMaps and Secrets hold, in its own time: the pods get it `apart` milliseconds one after the other. */
  async sync(objects: Objects, apart: number): Promise<void> {
    for (const pod of this.pods) {
      await pod.sync(objects);
      await pause(apart);
    }
  }

  destroy(): void {
    for (const pod of this.all) pod.destroy();
  }

  async #start(template: PodTemplate, objects: Objects): Promise<Pod> {
    const number = this.all.length + 1;
    const folder = join(this.#folder, `pod-${number}`);
    await mkdir(folder);
    const ip = `127.77.${this.#network}.${number}`;
    const pod = await Pod.start(template, objects, { folder, ip, changed: () => this.#publish() });
    this.pods.push(pod);
    this.all.push(pod);
    return pod;
  }

  async #end(pod: Pod): Promise<void> {
    const code = await pod.terminate();
    if (code !== 0) throw new Error(`the pod ended with ${code}: ${JSON.stringify(pod.lines.at(-1))}`);
    this.pods.splice(this.pods.indexOf(pod), 1);
  }

  async #wait(pod: Pod): Promise<void> {
    await pause(50);
    if (pod.dead || pod.ended) throw new Error(`the pod did not start: ${JSON.stringify(pod.lines.at(-1))}`);
  }

  #publish(): void {
    setTimeout(() => {
      this.#balancer.endpoints = this.pods
        .filter(({ ready, terminating }) => ready && !terminating)
        .map((pod) => pod.endpoint('s3'));
    }, PROPAGATION_MS).unref();
  }
}
