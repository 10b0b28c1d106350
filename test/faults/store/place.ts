import type { Readable } from 'node:stream';
import type { Behaviour, Records } from '../row.ts';
import { Gates } from './gates.ts';
import type { Taking } from './taking.ts';

/** One port of the store: what it does, and what it took. */
export class Place {
  readonly behaviour: Behaviour;
  readonly #isOurs: (bucket: string) => boolean;
  readonly gates = new Gates();
  readonly requests: Taking[] = [];
  readonly connections: Records['connections'][number][] = [];
  readonly faults: string[] = [];
  /** Connections that are not read. */
  readonly deaf: Readable[] = [];
  readonly #strays = new Set<number>();
  #turn = 0;

  /** @param isOurs is it a bucket of this run? */
  constructor(behaviour: Behaviour, isOurs: (bucket: string) => boolean) {
    this.behaviour = behaviour;
    this.#isOurs = isOurs;
  }

  /**
   * Does this connection come from another process, which still asks at a port that was its own store's before? The system
   * gives a port to the next one soon. Such a request is answered by nobody, takes no turn, and counts as nothing.
   */
  isStray(target: string, connection: number): boolean {
    const [, bucket = ''] = target.split(/[/?]/, 2);
    if (this.#isOurs(bucket)) return false;
    this.#strays.add(connection);
    return true;
  }

  /** What the proxy asks for itself has no turn. */
  nextTurn(request: Taking): NonNullable<Behaviour['turns']>[number] | undefined {
    if (request.target.includes('.ssec-proxy-probe')) return undefined;
    const turn = this.behaviour.turns?.[this.#turn];
    this.#turn += 1;
    return turn;
  }

  /** What it took. Reads from then on what it did not read, to see how it ends. */
  records(): Records {
    for (const socket of this.deaf.splice(0)) socket.resume();
    return {
      requests: this.requests.map((request) => request.record()),
      connections: this.connections.filter((_, number) => !this.#strays.has(number)),
      faults: [...this.faults],
    };
  }
}
