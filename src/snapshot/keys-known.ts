import { waitsOf } from './edited-keys.ts';
import type { Snapshot } from './snapshot.ts';

/** What the config says of its keys at this moment, for metrics. */
export function keysKnown(snapshot: Snapshot): {
  /** The ids of those that rules wait for. */
  readonly missing: readonly string[];
  /** From when on they write, where the config says it, in seconds of Unix time. */
  readonly writesFrom: readonly (readonly [id: string, from: number])[];
} {
  const entries = snapshot.rules.rules.flatMap(({ encryption }) =>
    encryption.kind === 'ssec' ? encryption.ring : [],
  );
  const times = entries.flatMap(({ ssecKey, writesFrom }) =>
    writesFrom === undefined ? [] : [[ssecKey.id, writesFrom.getTime() / 1000] as const],
  );
  return { missing: waitsOf(snapshot).map(({ id }) => id), writesFrom: [...new Map(times)] };
}
