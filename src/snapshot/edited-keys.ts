import type { SseKey } from '../keys/key.ts';
import { matchGlob } from '../rules/glob.ts';
import { heldRing } from './held-ring.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * Keys that were edited in place: an id whose bytes changed while no ring of the new config still has the old bytes.
 * Nobody could then read the objects that were written under them. Each line ends with the fix.
 */
export function editedKeys(previous: Snapshot, next: Snapshot): readonly string[] {
  const held = new Set(ringsOf(next).map(({ fingerprint }) => fingerprint));
  const before = new Map(ringsOf(previous).map((ssecKey) => [ssecKey.id, ssecKey]));
  return next.ssecKeys.flatMap(({ ssecKey }) => {
    const old = before.get(ssecKey.id);
    if (!old || old.fingerprint === ssecKey.fingerprint || held.has(old.fingerprint)) return [];
    return [
      `keys.${ssecKey.id}: its bytes changed from fingerprint ${old.fingerprint} to ${ssecKey.fingerprint}, and no rule has the old key any more; give the new key an id of its own and keep the old one in the ring`,
    ];
  });
}

/** Keys that are unavailable at the moment but needed for objects that are served now: a reload would break them. */
export function lostKeys(previous: Snapshot, next: Snapshot): readonly string[] {
  const before = new Set(waitsOf(previous).map(({ id }) => id));
  return waitsOf(next)
    .filter(({ id }) => !before.has(id))
    .map(({ id, cause }) => `keys.${id}: the key is unavailable at the moment: ${cause}`);
}

/**
 * The keys that rules wait for, each once; empty when every key is available.
 * @param buckets only rules that match one of these
 */
export function waitsOf(
  { rules }: Snapshot,
  buckets?: readonly string[],
): readonly { readonly id: string; readonly cause: string }[] {
  const waits = rules.rules.flatMap(({ bucket, encryption }) => {
    const counts = !buckets || buckets.some((name) => matchGlob(bucket, name));
    return counts && encryption.kind === 'waiting' ? encryption.waitsFor : [];
  });
  return [...new Map(waits.map((wait) => [wait.id, wait])).values()];
}

/** Keys without a fingerprint in the config: a restart would not notice an edit in place. */
export function unpinnedKeys({ ssecKeys }: Snapshot): readonly string[] {
  return ssecKeys
    .filter(({ pinned }) => !pinned)
    .map(
      ({ ssecKey }) =>
        `keys.${ssecKey.id}: the config has no fingerprint of the key, so a changed key file would go unnoticed; add fingerprint: ${ssecKey.fingerprint}`,
    );
}

function ringsOf({ rules }: Snapshot): readonly SseKey[] {
  return rules.rules.flatMap((rule) => heldRing(rule)?.map(({ ssecKey }) => ssecKey) ?? []);
}
