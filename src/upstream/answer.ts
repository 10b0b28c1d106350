import type { StoreResponse } from './response.ts';
import type { LatePhase } from './upstream-error.ts';

/** What may be an error document. */
export interface ErrorText {
  /** Empty where there is a fault. */
  readonly text: string;
  /** Why it is not whole: what it did, in words for the log. */
  readonly fault?: string;
  /** Whose time was over, if that is why. */
  readonly late?: LatePhase;
}

/** What a store answered, as soon as the head of it is there. */
export interface Answer {
  readonly response: StoreResponse;
  /** Its document, where that was read already. */
  readonly document?: ErrorText;
  /** Ends the connection to the store, whatever state it is in. */
  readonly destroy: () => void;
}
