/** Places where a store waits until the test lets it go on. */
export class Gates {
  readonly #gates = new Map<string, Gate>();

  /** The store is there. Resolves when the test releases it. */
  async hold(name: string): Promise<void> {
    const gate = this.#of(name);
    gate.reached.resolve();
    await gate.released.promise;
  }

  reached(name: string): Promise<void> {
    return this.#of(name).reached.promise;
  }

  release(name: string): void {
    this.#of(name).released.resolve();
  }

  #of(name: string): Gate {
    const known = this.#gates.get(name);
    if (known) return known;
    const gate = { reached: Promise.withResolvers<void>(), released: Promise.withResolvers<void>() };
    this.#gates.set(name, gate);
    return gate;
  }
}

type Gate = Readonly<Record<'reached' | 'released', PromiseWithResolvers<void>>>;
