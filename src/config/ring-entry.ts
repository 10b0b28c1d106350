/** A key of a ring as the config has it: an id alone, or with what is made of the key. */
export type RingEntryText = string | RingEntrySection;

interface RingEntrySection {
  readonly key?: string | undefined;
  readonly derive?: 'object' | undefined;
  readonly context?: string | undefined;
}

export function wholeEntry(entry: RingEntryText): RingEntrySection {
  return typeof entry === 'string' ? { key: entry } : entry;
}
