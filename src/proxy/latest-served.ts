import { ssecHeaderNames } from '../ssec/headers.ts';
import type { Answer } from '../upstream/answer.ts';
import type { Exchange } from './exchange.ts';
import type { Admitted } from './intake/admitted.ts';
import type { Message } from './message.ts';
import type { Plan } from './plan/plan.ts';

const TARGET_KEY = ssecHeaderNames('target').key;
const SOURCE_KEY = ssecHeaderNames('source').key;

/** So many operations: clients mostly use fewer. */
const MOST_OPERATIONS = 16;

/** What one request is made of. */
interface Served {
  readonly exchange: Exchange;
  readonly admitted: Admitted;
  readonly plan: Plan;
  /** As it went to the store. */
  readonly message: Message;
  readonly answer: Answer;
}

/**
 * Of each operation the latest request, which nobody reads. V8 throws optimised code away when the last object is gone of a
 * shape that the code was made for. A proxy that rests has no requests, so the collection of garbage in a rest of eight
 * seconds took nearly all of it: the next burst began with 150 functions to be compiled anew.
 *
 * It lives as long as a snapshot: what is removed from the config stays in no request that was kept.
 */
export class LatestServed {
  readonly #served = new Map<string, Served>();

  keep(served: Served): void {
    const { headers } = served.admitted.message;
    // A key that a client brought stays no longer than its request.
    if (headers.has(TARGET_KEY) || headers.has(SOURCE_KEY)) return;
    const { name } = served.plan.operation;
    if (this.#served.size >= MOST_OPERATIONS && !this.#served.has(name)) this.#served.clear();
    this.#served.set(name, served);
  }

  /** How many are kept. */
  get size(): number {
    return this.#served.size;
  }
}
