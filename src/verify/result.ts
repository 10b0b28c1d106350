import type { SseKey } from '../keys/key.ts';
import type { Place } from '../store-client/list.ts';
import { isFault, type Verdict } from './judge.ts';
import { type Counting, count, newTally, type Tally } from './tally.ts';

/** The result of a run. */
export interface Result {
  readonly places: readonly SeenPlace[];
  readonly tally: Tally;
  /** The first faults, at most `MOST_FAULTS` of them; `tally` has the number of all. */
  readonly faults: readonly Verdict[];
  /** Every key of the config. */
  readonly ssecKeys: readonly SseKey[];
  readonly began: Date;
  readonly ended: Date;
  /** One version in this many was checked. */
  readonly oneIn: number;
  /** Why the run did not finish. */
  readonly trouble: string | undefined;
}

export interface SeenPlace extends Place {
  /** `objects`: the store lists no versions, so only current objects were checked. */
  readonly of: 'versions' | 'objects';
}

/** 0 fine, 1 with faults, 3 when it did not finish. */
export function exitCodeOf({ trouble, tally }: Pick<Result, 'trouble' | 'tally'>): 0 | 1 | 3 {
  if (trouble !== undefined) return 3;
  return tally.faultCount > 0 ? 1 : 0;
}

const MOST_FAULTS = 1000;

/** Collects results during a run. Its memory does not grow with the number of versions. */
export interface Gathered {
  readonly tally: Counting;
  readonly faults: Verdict[];
}

export function nothingGathered(): Gathered {
  return { tally: newTally(), faults: [] };
}

export function gather({ tally, faults }: Gathered, verdict: Verdict): void {
  count(tally, verdict);
  if (isFault(verdict) && faults.length < MOST_FAULTS) faults.push(verdict);
}

/** `s3://bucket/key`, with terminal control characters escaped. */
export function urlOf(bucket: string, objectKey: string): string {
  return `s3://${bucket}/${printable(objectKey)}`;
}

/** Escapes control characters and those that change the writing direction, as `\u001b`. */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}
