/** What a store answers when it is asked for one key. */
export type Fetched =
  /** `mode` are the permission bits, where the key is a file. */
  | { readonly kind: 'found'; readonly bytes: Uint8Array; readonly mode?: number }
  /** What waiting does not fix: the config or the store has to be changed. */
  | { readonly kind: 'refused'; readonly message: string; readonly fix?: string }
  /** Not to be had at the moment, and maybe later: whoever holds the key already goes on with it. */
  | { readonly kind: 'unavailable'; readonly message: string };

/** Where SSE-C keys come from. A `Place` is where in the store one key is. */
export interface KeyStore<Place> {
  /** One answer a place, in their order; asked together, so that a store can take them out of one version. Never throws. */
  fetch(places: readonly Place[]): Promise<readonly Fetched[]>;
}
