import type { Readable } from 'node:stream';
import type { Behaviour, Records } from '../row.ts';
import { Gates } from './gates.ts';
import type { Taking } from './taking.ts';

/** One port of the store: what it does, and what it took. */
export class Place {
  readonly behaviour: Behaviour;
  readonly gates = new Gates();
  readonly requests: Taking[] = [];
  readonly connections: Records['connections'][number][] = [];
  readonly faults: string[] = [];
  /** Connections that are not read. */
  readonly deaf: Readable[] = [];
  #turn = 0;

  constructor(behaviour: Behaviour) {
    this.behaviour = behaviour;
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
      connections: [...this.connections],
      faults: [...this.faults],
    };
  }
}
