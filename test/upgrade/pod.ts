import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import http from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Container, PodTemplate } from '../chart/pods.ts';
import { programOf } from '../chart/pods.ts';
import type { Endpoint } from './balancer.ts';
import { Volume } from './volume.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');

/** What the ConfigMaps and Secrets of a namespace hold, by `configMap/NAME` and `secret/NAME`. */
export type Objects = ReadonlyMap<string, Readonly<Record<string, string | Buffer>>>;

interface Place {
  /** The pod's own, which stands for its root. */
  readonly folder: string;
  /** A loopback address that no other pod has. */
  readonly ip: string;
  /** Called when its readiness changes. */
  readonly changed: () => void;
}

/**
 * A pod of the chart as a process, with this as its kubelet: mounts, probes, preStop and the grace period are those of the
 * template. Two things differ from a node: paths of mounts begin in the pod's folder, and 0.0.0.0 is the pod's own address.
 */
export class Pod {
  readonly ip: string;
  readonly template: PodTemplate;
  /** Lines of its log. */
  readonly lines: Readonly<Record<string, unknown>>[] = [];
  ready = false;
  terminating = false;
  /** It was still there when the grace period was over. */
  killed = false;
  /** A liveness probe has failed as often as it may. */
  dead = false;
  readonly #program: Container;
  readonly #place: Place;
  readonly #volumes = new Map<string, Volume>();
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  readonly #stop = new AbortController();

  /** Makes its mounts and starts it. */
  static async start(template: PodTemplate, objects: Objects, place: Place): Promise<Pod> {
    const volumes = new Map<string, Volume>();
    for (const { name, mountPath } of programOf(template).volumeMounts) {
      const folder = join(place.folder, mountPath);
      await mkdir(folder, { recursive: true });
      volumes.set(name, new Volume(folder));
    }
    for (const [name, volume] of volumes) await volume.write(contentOf(name, template, objects, place));
    return new Pod(template, place, volumes);
  }

  private constructor(template: PodTemplate, place: Place, volumes: ReadonlyMap<string, Volume>) {
    this.template = template;
    this.ip = place.ip;
    this.#place = place;
    this.#program = programOf(template);
    for (const [name, volume] of volumes) this.#volumes.set(name, volume);
    const args = this.#program.args.map((arg) => rewritten(arg, template, place));
    const env = Object.fromEntries(this.#program.env.map(({ name, value = '' }) => [name, value]));
    this.#child = spawn(process.execPath, [MAIN, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...env },
    });
    this.#ended = once(this.#child, 'close').then(([code]) => code as number | null);
    this.#readLog();
    void this.#probe('readinessProbe', (healthy) => {
      if (this.ready === healthy) return;
      this.ready = healthy;
      this.#place.changed();
    });
    void this.#probe('livenessProbe', (healthy) => {
      if (!healthy) this.dead = true;
    });
  }

  /** Its process is gone. */
  get ended(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Its part of the Service, by the name of a port. */
  endpoint(name: string): Endpoint {
    const port = this.#program.ports.find((one) => one.name === name)?.containerPort;
    if (port === undefined) throw new Error(`there is no port ${name}`);
    return { host: this.ip, port };
  }

  /** The kubelet brings what ConfigMaps and Secrets hold now. */
  async sync(objects: Objects): Promise<void> {
    for (const [name, volume] of this.#volumes)
      await volume.write(contentOf(name, this.template, objects, this.#place));
  }

  /** As the kubelet ends a pod: preStop and the rest within the grace period, SIGKILL after it. @returns its exit code */
  async terminate(): Promise<number | null> {
    this.terminating = true;
    this.#place.changed();
    const grace = this.template.spec.terminationGracePeriodSeconds * 1000;
    const kill = setTimeout(() => {
      this.killed = true;
      this.#child.kill('SIGKILL');
    }, grace);
    await pause((this.#program.lifecycle?.preStop.sleep.seconds ?? 0) * 1000);
    this.#stop.abort();
    this.#child.kill('SIGTERM');
    const code = await this.#ended;
    clearTimeout(kill);
    return code;
  }

  /** For the end of a test that has failed. */
  destroy(): void {
    this.#stop.abort();
    this.#child.kill('SIGKILL');
  }

  async #probe(kind: 'readinessProbe' | 'livenessProbe', tell: (healthy: boolean) => void): Promise<void> {
    const probe = this.#program[kind];
    if (!probe) return;
    const { httpGet, periodSeconds, timeoutSeconds, failureThreshold } = probe;
    const { host, port } = this.endpoint(String(httpGet.port));
    let failures = 0;
    while (!this.#stop.signal.aborted && !this.ended) {
      const healthy = await answersWell({ host, port, path: httpGet.path, timeout: timeoutSeconds * 1000 });
      failures = healthy ? 0 : failures + 1;
      if (healthy || failures >= failureThreshold) tell(healthy);
      await pause(periodSeconds * 1000, undefined, { signal: this.#stop.signal }).catch(() => {});
    }
  }

  #readLog(): void {
    let rest = '';
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.lines.push(JSON.parse(line) as Readonly<Record<string, unknown>>);
    });
  }
}

interface Question {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly timeout: number;
}

/** 200 to 399 within the time, as for the kubelet. */
async function answersWell({ timeout, ...options }: Question): Promise<boolean> {
  return await new Promise((resolve) => {
    const request = http.get(
      { ...options, agent: false, signal: AbortSignal.timeout(timeout) },
      (response) => {
        const { statusCode = 0 } = response.resume();
        resolve(statusCode >= 200 && statusCode < 400);
      },
    );
    request.on('error', () => resolve(false));
  });
}

/** The files of a volume, by what its template names. */
function contentOf(volume: string, template: PodTemplate, objects: Objects, place: Place) {
  const source = template.spec.volumes.find(({ name }) => name === volume);
  const { configMap, secret } = (source ?? {}) as {
    readonly configMap?: { readonly name: string };
    readonly secret?: { readonly secretName: string };
  };
  const name = configMap ? `configMap/${configMap.name}` : `secret/${secret?.secretName}`;
  const files = objects.get(name);
  if (!files) throw new Error(`there is no ${name}, as ${volume} wants it`);
  if (!configMap) return files;
  return Object.fromEntries(
    Object.entries(files).map(([file, text]) => [file, rewritten(String(text), template, place)]),
  );
}

/** A text of the chart with the pod's folder before each path of a mount, and its address in place of all. */
function rewritten(text: string, template: PodTemplate, { folder, ip }: Place): string {
  const mounts = programOf(template).volumeMounts.map(({ mountPath }) => mountPath);
  return mounts
    .reduce(
      (now, path) => now.replaceAll(new RegExp(`(^|[\\s"'])(${path})(?=$|[/\\s"'])`, 'g'), `$1${folder}$2`),
      text,
    )
    .replaceAll('0.0.0.0:', `${ip}:`);
}
