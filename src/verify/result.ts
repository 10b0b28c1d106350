import type { SseKey } from '../keys/key.ts';
import type { Place } from '../store-client/list.ts';
import { isFault, type Verdict } from './judge.ts';
import { type Counting, count, newTally, type Tally } from './tally.ts';

/** What a run found. */
export interface Result {
  readonly places: readonly SeenPlace[];
  readonly tally: Tally;
  /** The first faults, at most `MOST_FAULTS` of them; `tally` has the number of all. */
  readonly faults: readonly Verdict[];
  /** Every key of the config. */
  readonly ssecKeys: readonly SseKey[];
  readonly began: Date;
  readonly ended: Date;
  /** One version in so many was looked at. */
  readonly oneIn: number;
  /** Why it did not come to its end. */
  readonly trouble: string | undefined;
}

export interface SeenPlace extends Place {
  /** `objects`: the store lists no versions, so only current objects were seen. */
  readonly of: 'versions' | 'objects';
}

/** 0 fine, 1 with faults, 3 when it did not come to its end. */
export function exitCodeOf({ trouble, tally }: Pick<Result, 'trouble' | 'tally'>): 0 | 1 | 3 {
  if (trouble !== undefined) return 3;
  return tally.faultCount > 0 ? 1 : 0;
}

const MOST_FAULTS = 1000;

/** What is gathered while a run goes on. Its memory does not grow with the number of versions. */
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

/** `s3://bucket/key`, with what could steer a terminal escaped. */
export function urlOf(bucket: string, objectKey: string): string {
  return `s3://${bucket}/${printable(objectKey)}`;
}

/** Control characters, and those that turn the direction of writing, as `\u001b`. */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}
