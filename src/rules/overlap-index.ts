/**
 * Finds the bucket patterns that may match a bucket that another pattern matches too, and few others. The part before the
 * first wildcard of one of the two must be a prefix of that part of the other; the same holds for the ends, as suffixes.
 * The result is the smaller of the two candidate sets.
 */
export interface OverlapIndex<T> {
  candidates(pattern: string): Iterable<T>;
}

/** @param items in any order; `patternOf` their bucket pattern, a glob or not */
export function overlapIndex<T>(items: readonly T[], patternOf: (item: T) => string): OverlapIndex<T> {
  const byStart = nestedIndex(items, (item) => startOf(patternOf(item)));
  const byEnd = nestedIndex(items, (item) => startOf(reversed(patternOf(item))));
  return {
    candidates: (pattern) => {
      const starts = byStart(startOf(pattern));
      const ends = byEnd(startOf(reversed(pattern)));
      return starts.count <= ends.count ? starts.items() : ends.items();
    },
  };
}

interface Nested<T> {
  readonly count: number;
  readonly items: () => Iterable<T>;
}

/** Finds the items whose text begins with the given text, or the other way round. */
function nestedIndex<T>(items: readonly T[], textOf: (item: T) => string): (text: string) => Nested<T> {
  const groups = [...Map.groupBy(items, textOf)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const texts = groups.map(([text]) => text);
  const byText = new Map(groups);
  /** How many items come before the group. */
  const before = [0];
  for (const [, group] of groups) before.push((before.at(-1) ?? 0) + group.length);
  return (text) => {
    const from = firstIndex(texts, (other) => other >= text);
    const to = firstIndex(texts, (other) => other.slice(0, text.length) > text);
    const shorter = text.split('').map((_, length) => byText.get(text.slice(0, length)) ?? []);
    const count = (before[to] ?? 0) - (before[from] ?? 0);
    return {
      count: shorter.reduce((sum, group) => sum + group.length, count),
      items: function* () {
        for (const group of shorter) yield* group;
        for (let at = from; at < to; at++) yield* groups[at]?.[1] ?? [];
      },
    };
  };
}

/** For sorted texts: `isFrom` is false for all before that index and true from there on. */
function firstIndex(texts: readonly string[], isFrom: (text: string) => boolean): number {
  let [from, to] = [0, texts.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (isFrom(texts[middle] as string)) to = middle;
    else from = middle + 1;
  }
  return from;
}

function startOf(pattern: string): string {
  return pattern.replace(/[*?].*$/s, '');
}

function reversed(pattern: string): string {
  return pattern.split('').toReversed().join('');
}
