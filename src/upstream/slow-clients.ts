/** Where so many answers wait for their clients, in one process, memory is what new connections should save. */
const MANY = 16;
/** Clients that are quick are waited for too, but not so many of them at every moment of so long a time, in milliseconds. */
const LONG_MS = 100;

let waiting = 0;
/** Since when there have always been that many, by `performance.now()`. */
let since = Number.POSITIVE_INFINITY;

/** Whether one answer waits for its client to take what it was sent. It has to be ended. */
export class ClientWait {
  #waits = false;

  begin(): void {
    if (this.#waits) return;
    this.#waits = true;
    waiting += 1;
    if (waiting === MANY) since = performance.now();
  }

  end(): void {
    if (!this.#waits) return;
    this.#waits = false;
    if (waiting === MANY) since = Number.POSITIVE_INFINITY;
    waiting -= 1;
  }
}

/** Do many answers wait for slow clients? Then a new connection should take little memory, at the cost of CPU. */
export function areManySlow(): boolean {
  return since < Number.POSITIVE_INFINITY && performance.now() - since >= LONG_MS;
}
