import { type Derivation, deriveKey } from './derive.ts';
import type { SseKey } from './key.ts';

/** One key of a rule's ring. */
export interface RingEntry {
  /** With `derive`, the master key, under which no object is stored itself. */
  readonly ssecKey: SseKey;
  readonly derive?: Derivation;
  /** When the key starts to write; it reads at once. */
  readonly writesFrom?: Date;
}

/** Newest first, as in the config. */
export type Ring = readonly [RingEntry, ...RingEntry[]];

export interface ObjectName {
  readonly bucket: string;
  readonly objectKey: string;
}

/** The keys that an object may be stored under, in the order of the ring. */
export function readingKeys(ring: Ring, object: ObjectName): readonly [SseKey, ...SseKey[]] {
  const [first, ...older] = ring;
  return [keyOf(first, object), ...older.map((entry) => keyOf(entry, object))];
}

/** The same keys in the order in which a read tries them: the one that writes now comes first. */
export function keysToTry(ring: Ring, object: ObjectName, now: Date): readonly [SseKey, ...SseKey[]] {
  if (ring.length === 1) return [keyOf(ring[0], object)];
  const current = ring.find((entry) => writes(entry, now));
  const rest = ring.filter((entry) => entry !== current);
  return readingKeys(current ? [current, ...rest] : ring, object);
}

/** The key for a write of the object at this moment: the first one that has started to write. */
export function writingKey(ring: Ring, object: ObjectName, now: Date): SseKey | undefined {
  const entry =
    ring.length === 1 && ring[0].writesFrom === undefined ? ring[0] : ring.find((one) => writes(one, now));
  return entry && keyOf(entry, object);
}

function writes({ writesFrom }: RingEntry, now: Date): boolean {
  return writesFrom === undefined || writesFrom <= now;
}

function keyOf({ ssecKey, derive }: RingEntry, { bucket, objectKey }: ObjectName): SseKey {
  return derive ? deriveKey(ssecKey, derive.context ?? bucket, objectKey) : ssecKey;
}
