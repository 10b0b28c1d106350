import type { Fetched } from './store.ts';

/** How it went when a store was asked last. */
export interface StoreStatus {
  /** As in `storeName`. */
  readonly name: string;
  /** When the store last gave all the keys that it was asked for; undefined when it never did. */
  readonly lastSuccess: Date | undefined;
  /** Why the store gave not all of them; undefined when it did. */
  readonly trouble: string | undefined;
}

/** What metrics and readiness tell of the stores. It outlives reloads. */
export class StoreHealth {
  #stores = new Map<string, StoreStatus>();

  /** Notes what all stores of a config answered; one that is not among them is forgotten. */
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

  /** Is one of them outside of this process and its files, where a key may be turned over at any time? */
  asksOthers(): boolean {
    return this.all().some(({ name }) => /^(?:vault|exec):/.test(name));
  }

  /** One line about the stores that can't be reached; undefined when all can. */
  trouble(): string | undefined {
    const lines = this.all().flatMap(({ name, trouble }) =>
      trouble === undefined ? [] : `${name}: ${trouble}`,
    );
    return lines.length === 0 ? undefined : lines.join('; ');
  }
}
