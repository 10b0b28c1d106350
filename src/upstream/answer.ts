import type { StoreResponse } from './response.ts';

/** What a store answered, as soon as the head of it is there. */
export interface Answer {
  readonly response: StoreResponse;
  /** Its document, where that was read already; empty when it was too long. */
  readonly document?: string;
  /** Ends the connection to the store, whatever state it is in. */
  readonly destroy: () => void;
}
