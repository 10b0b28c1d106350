import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import net, { type Socket } from 'node:net';
import { join } from 'node:path';
import type { Behaviour, Records } from '../row.ts';
import type { Command, Reply } from '../store/commands.ts';

type Told = Command extends infer One ? (One extends Command ? Omit<One, 'id'> : never) : never;

/** More than the queue of a listener of one holds. */
const TO_FILL = 4;

/** The store's process, as the test speaks to it. */
export class Store {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  readonly #deaf: ChildProcess[] = [];
  readonly #filling: Socket[] = [];
  readonly #tls: { readonly cert: string; readonly key: string };
  #last = 0;

  constructor(tls: { readonly cert: string; readonly key: string }) {
    this.#tls = tls;
    this.#child = fork(join(import.meta.dirname, '../store/process.ts'));
    this.#child.on('message', (reply: Reply & { id: number }) => {
      this.#waiting.get(reply.id)?.(reply);
      this.#waiting.delete(reply.id);
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** @returns the port at which it does what is said */
  async open(place: string, behaviour: Behaviour, secure: boolean): Promise<number> {
    if (behaviour.socket === 'deaf') return await this.#openDeaf();
    const { port = 0 } = await this.#tell({
      do: 'open',
      place,
      behaviour,
      tls: secure ? this.#tls : undefined,
    });
    return port;
  }

  async records(place: string): Promise<Records> {
    const { records } = await this.#tell({ do: 'records', place });
    return records ?? { requests: [], connections: [], faults: [] };
  }

  async release(place: string, gate: string): Promise<void> {
    await this.#tell({ do: 'release', place, gate });
  }

  async reached(place: string, gate: string): Promise<void> {
    await this.#tell({ do: 'reached', place, gate });
  }

  close(): void {
    this.#child.disconnect();
    for (const socket of this.#filling) socket.destroy();
    for (const child of this.#deaf) child.kill('SIGKILL');
  }

  async #tell(told: Told): Promise<Reply> {
    this.#last += 1;
    const id = this.#last;
    const reply = await new Promise<Reply>((resolve) => {
      this.#waiting.set(id, resolve);
      this.#child.send({ ...told, id });
    });
    if (reply.error !== undefined) throw new Error(reply.error);
    return reply;
  }

  async #openDeaf(): Promise<number> {
    const child = fork(join(import.meta.dirname, '../store/deaf.ts'));
    this.#deaf.push(child);
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    for (let count = 0; count < TO_FILL; count += 1)
      this.#filling.push(net.connect(port, '127.0.0.1').on('error', () => undefined));
    return port;
  }
}
