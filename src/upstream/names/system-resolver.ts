import { ADDRCONFIG, type LookupAddress, promises } from 'node:dns';

/** Asks getaddrinfo. Each call holds a thread of libuv's four until it returns, and can't be cancelled. */
export type AskSystem = (name: string) => Promise<readonly LookupAddress[]>;

const askSystem: AskSystem = async (name) => await promises.lookup(name, { all: true, hints: ADDRCONFIG });

/** getaddrinfo, in few threads: a call that hangs holds its thread, and the next one waits for as long as it may. */
export class SystemResolver {
  readonly #threads: number;
  readonly #ask: AskSystem;
  readonly #running = new Set<Promise<unknown>>();

  constructor(threads: number, ask = askSystem) {
    this.#threads = threads;
    this.#ask = ask;
  }

  /** @returns undefined when no thread was free, or the answer did not come, before `signal` aborted */
  async ask(name: string, signal: AbortSignal): Promise<readonly LookupAddress[] | undefined> {
    const aborted = new Promise<undefined>((resolve) => {
      if (signal.aborted) resolve(undefined);
      signal.addEventListener('abort', () => resolve(undefined), { once: true });
    });
    while (this.#running.size >= this.#threads) {
      await Promise.race([...this.#running, aborted]);
      if (signal.aborted) return undefined;
    }
    const asked = this.#ask(name);
    const over = asked.then(
      () => undefined,
      () => undefined,
    );
    this.#running.add(over);
    void over.then(() => this.#running.delete(over));
    return await Promise.race([asked, aborted]);
  }
}
