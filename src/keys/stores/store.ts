/** The answer of a store to a query for one key. */
export type Fetched =
  /** `mode` are the permission bits, where the key is a file. */
  | { readonly kind: 'found'; readonly bytes: Uint8Array; readonly mode?: number }
  /** An error that waiting does not fix: the config or the store must be changed. */
  | { readonly kind: 'refused'; readonly message: string; readonly fix?: string }
  /** Unavailable at the moment, maybe available later: a proxy that has the key continues to use it. */
  | { readonly kind: 'unavailable'; readonly message: string };

/** A source of SSE-C keys. A `Place` locates one key in the store. */
export interface KeyStore<Place> {
  /** One answer per place, in order. All keys are asked for together, so that a store can take them from one version. Never throws. */
  fetch(places: readonly Place[]): Promise<readonly Fetched[]>;
}
