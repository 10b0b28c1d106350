/** A key of a ring as written in the config: an id alone, or an id and how to derive keys from it. */
export type RingEntryText = string | RingEntrySection;

interface RingEntrySection {
  readonly key?: string | undefined;
  readonly derive?: 'object' | undefined;
  readonly context?: string | undefined;
}

export function wholeEntry(entry: RingEntryText): RingEntrySection {
  return typeof entry === 'string' ? { key: entry } : entry;
}
