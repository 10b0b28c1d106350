import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';

/** Where the pods of a Service are. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/**
 * The Service: one address before the pods, which deals out connections. Like kube-proxy it knows nothing of what is in them, it
 * hears of a change a moment later, and connections that stand stay where they are.
 */
export class Balancer {
  readonly #server = net.createServer((client) => this.#connect(client));
  readonly #open = new Set<Socket>();
  #endpoints: readonly Endpoint[] = [];
  #turn = 0;
  /** Connections that came while there was no endpoint. */
  refused = 0;

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  set endpoints(endpoints: readonly Endpoint[]) {
    this.#endpoints = endpoints;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#open) socket.destroy();
  }

  #connect(client: Socket): void {
    this.#turn += 1;
    const endpoint = this.#endpoints[this.#turn % this.#endpoints.length];
    if (!endpoint) {
      this.refused += 1;
      client.resetAndDestroy();
      return;
    }
    const pod = net.connect(endpoint);
    for (const [from, to] of [
      [client, pod],
      [pod, client],
    ] as const) {
      this.#open.add(from);
      from.setNoDelay(true);
      from.pipe(to);
      from.on('error', () => to.resetAndDestroy());
      from.once('close', () => {
        this.#open.delete(from);
        to.destroySoon();
      });
    }
  }
}
