import type { SseKey } from '../keys/key.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * Keys that were edited in place: an id whose bytes changed while no ring of the new config still holds the old ones.
 * What was written under them could be read by nobody then. The other end of each line is the fix.
 */
export function editedKeys(previous: Snapshot, next: Snapshot): readonly string[] {
  const held = new Set(ringsOf(next).map(({ fingerprint }) => fingerprint));
  const before = new Map(ringsOf(previous).map((ssecKey) => [ssecKey.id, ssecKey]));
  return next.ssecKeys.flatMap(({ ssecKey }) => {
    const old = before.get(ssecKey.id);
    if (!old || old.fingerprint === ssecKey.fingerprint || held.has(old.fingerprint)) return [];
    return [
      `keys.${ssecKey.id}: its bytes changed from fingerprint ${old.fingerprint} to ${ssecKey.fingerprint}, and no rule holds the old key any more; give the new key an id of its own and leave the old one in the ring`,
    ];
  });
}

/** Keys that no store can give at the moment, for objects that are served now: those would not be any more. */
export function lostKeys(previous: Snapshot, next: Snapshot): readonly string[] {
  const before = new Set(waitsOf(previous).map(({ id }) => id));
  return waitsOf(next)
    .filter(({ id }) => !before.has(id))
    .map(({ id, cause }) => `keys.${id}: it is not to be had at the moment: ${cause}`);
}

/** What the rules wait for, each key once; empty when every key is there. */
export function waitsOf({ rules }: Snapshot): readonly { readonly id: string; readonly cause: string }[] {
  const waits = rules.rules.flatMap(({ encryption }) =>
    encryption.kind === 'waiting' ? encryption.waitsFor : [],
  );
  return [...new Map(waits.map((wait) => [wait.id, wait])).values()];
}

/** Keys whose fingerprint the config does not state: an edit in place would go unnoticed by a restart. */
export function unpinnedKeys({ ssecKeys }: Snapshot): readonly string[] {
  return ssecKeys
    .filter(({ pinned }) => !pinned)
    .map(
      ({ ssecKey }) =>
        `keys.${ssecKey.id}: its fingerprint is not stated, so a changed file would go unnoticed; add fingerprint: ${ssecKey.fingerprint}`,
    );
}

function ringsOf({ rules }: Snapshot): readonly SseKey[] {
  return rules.rules.flatMap(({ encryption }) =>
    encryption.kind === 'ssec' ? encryption.ring.map(({ ssecKey }) => ssecKey) : [],
  );
}
