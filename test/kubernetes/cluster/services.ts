import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Api } from './api.ts';
import type { Held } from './objects.ts';

interface Service extends Held {
  readonly spec: {
    readonly clusterIP?: string;
    readonly ports?: readonly { readonly name?: string; readonly port: number }[];
  };
}

interface Slice extends Held {
  readonly ports?: readonly { readonly name?: string; readonly port?: number }[];
  readonly endpoints?: readonly {
    readonly addresses: readonly string[];
    readonly conditions?: { readonly ready?: boolean };
  }[];
}

interface Target {
  readonly host: string;
  readonly port: number;
}

interface Front {
  readonly server: Server;
  targets: readonly Target[];
  turn: number;
}

/** What kube-proxy does: connections to the address of a Service go to its ready endpoints in turn. */
export class ServiceProxy {
  readonly #api: Api;
  readonly #fronts = new Map<string, Front>();
  #ended = false;
  #hosts = '';
  readonly #loop: Promise<void>;

  constructor(api: Api) {
    this.#api = api;
    this.#loop = this.#run();
  }

  /** Of all Services, as a hosts file: what DNS would say. */
  get hosts(): string {
    return this.#hosts;
  }

  async stop(): Promise<void> {
    this.#ended = true;
    await this.#loop;
    for (const { server } of this.#fronts.values()) server.close();
  }

  async #run(): Promise<void> {
    while (!this.#ended) {
      // The API server may be away for a while; what is known goes on.
      await this.#sync().catch(() => undefined);
      await pause(200);
    }
  }

  async #sync(): Promise<void> {
    const services = await this.#api.list<Service>('/api/v1/services');
    const slices = await this.#api.list<Slice>('/apis/discovery.k8s.io/v1/endpointslices');
    const wanted = new Map<string, readonly Target[]>();
    const names: string[] = [];
    for (const { metadata, spec } of services) {
      const { clusterIP = 'None' } = spec;
      if (clusterIP === 'None' || clusterIP === '') continue;
      const { name, namespace = '' } = metadata;
      names.push(
        `${clusterIP} ${name}.${namespace}.svc.cluster.local ${name}.${namespace}.svc ${name}.${namespace}`,
      );
      const own = slices.filter(
        (slice) =>
          slice.metadata.namespace === namespace &&
          slice.metadata.labels?.['kubernetes.io/service-name'] === name,
      );
      for (const port of spec.ports ?? []) wanted.set(`${clusterIP} ${port.port}`, targetsOf(own, port.name));
    }
    this.#hosts = `127.0.0.1 localhost\n${names.join('\n')}\n`;
    this.#take(wanted);
  }

  #take(wanted: ReadonlyMap<string, readonly Target[]>): void {
    for (const [place, targets] of wanted) {
      const front = this.#fronts.get(place) ?? this.#open(place);
      front.targets = targets;
    }
    for (const [place, { server }] of this.#fronts) {
      if (wanted.has(place)) continue;
      server.close();
      this.#fronts.delete(place);
    }
  }

  #open(place: string): Front {
    const [host = '', port = ''] = place.split(' ');
    const front: Front = { server: createServer({ allowHalfOpen: true }), targets: [], turn: 0 };
    front.server.on('connection', (client) => {
      const target = front.targets[front.turn++ % Math.max(1, front.targets.length)];
      if (target) join(client, target);
      else client.resetAndDestroy();
    });
    front.server.on('error', () => this.#fronts.delete(place));
    front.server.listen(Number(port), host);
    this.#fronts.set(place, front);
    return front;
  }
}

function targetsOf(slices: readonly Slice[], name = ''): readonly Target[] {
  return slices.flatMap(({ ports = [], endpoints }) => {
    const port = ports.find((port) => (port.name ?? '') === name)?.port;
    const ready = (endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false);
    return port === undefined
      ? []
      : ready.flatMap(({ addresses }) => addresses.map((host) => ({ host, port })));
  });
}

function join(client: Socket, { host, port }: Target): void {
  const server = connect({ host, port, allowHalfOpen: true });
  client.on('error', () => server.destroy());
  server.on('error', () => client.resetAndDestroy());
  client.on('close', () => server.destroy());
  server.on('close', () => client.destroy());
  client.pipe(server).pipe(client);
}
