import type { SseKey } from './key.ts';

/** One key of a rule's ring. */
interface RingEntry {
  readonly ssecKey: SseKey;
}

/** Newest first, as in the config. */
export type Ring = readonly [RingEntry, ...RingEntry[]];

export interface ObjectName {
  readonly bucket: string;
  readonly objectKey: string;
}

export function ringOf([first, ...older]: readonly [SseKey, ...SseKey[]]): Ring {
  return [{ ssecKey: first }, ...older.map((ssecKey) => ({ ssecKey }))];
}

/** The keys that an object may be stored under, in the order in which a read tries them. */
export function readingKeys([first, ...older]: Ring, _object: ObjectName): readonly [SseKey, ...SseKey[]] {
  return [first.ssecKey, ...older.map(({ ssecKey }) => ssecKey)];
}

/** The one key that a write of the object at this moment takes. */
export function writingKey([first]: Ring, _object: ObjectName, _now: Date): SseKey {
  return first.ssecKey;
}
