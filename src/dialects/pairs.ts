/** Both ways: internal → own, own → internal. Of several own ones with one meaning the first is sent. */
export interface Pairs {
  readonly own: ReadonlyMap<string, string>;
  readonly internal: ReadonlyMap<string, string>;
}

/** Which way something is translated: into what is internal, or out of it. */
export type Way = 'internal' | 'own';

/** @param listed internal, own */
export function pairs(...listed: readonly (readonly [string, string])[]): Pairs {
  return {
    own: new Map(listed.toReversed()),
    internal: new Map(listed.map(([internal, own]) => [own, internal] as const).toReversed()),
  };
}
