import type { Fetched } from './store.ts';

/** The result of the last query to a store. */
export interface StoreStatus {
  /** As in `storeName`. */
  readonly name: string;
  /** When the store last returned all its keys; undefined when it never did. */
  readonly lastSuccess: Date | undefined;
  /** Why the store did not return all of them; undefined when it did. */
  readonly trouble: string | undefined;
}

/** The health of the stores, for metrics and readiness. It outlives reloads. */
export class StoreHealth {
  #stores = new Map<string, StoreStatus>();

  /** Notes the answers of all stores of a config; other stores are forgotten. */
  record(answers: ReadonlyMap<string, readonly Fetched[]>, now: Date): void {
    const stores = [...answers].map(([name, fetched]) => {
      const trouble = fetched.find(({ kind }) => kind === 'unavailable');
      const status =
        trouble?.kind === 'unavailable'
          ? { name, lastSuccess: this.#stores.get(name)?.lastSuccess, trouble: trouble.message }
          : { name, lastSuccess: now, trouble: undefined };
      return [name, status] as const;
    });
    this.#stores = new Map(stores);
  }

  all(): readonly StoreStatus[] {
    return [...this.#stores.values()];
  }

  /** Is one of them outside this process and its files, so that a key may be replaced at any time? */
  asksOthers(): boolean {
    return this.all().some(({ name }) => /^(?:vault|exec):/.test(name));
  }

  /** One line about the stores in trouble; undefined when there are none. */
  trouble(): string | undefined {
    const lines = this.all().flatMap(({ name, trouble }) =>
      trouble === undefined ? [] : `${name}: ${trouble}`,
    );
    return lines.length === 0 ? undefined : lines.join('; ');
  }
}
