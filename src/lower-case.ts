/** Names of headers as they were spelled → in lower case. Nearly all messages have the same ones, and each would be copied. */
const known = new Map<string, string>();
const MOST_KNOWN = 256;
/** Longer names are not kept. */
const LONGEST = 64;

/** The name of a header in lower case. */
export function lowerCase(name: string): string {
  const lower = known.get(name);
  if (lower !== undefined) return lower;
  const made = name.toLowerCase();
  if (name.length > LONGEST) return made;
  // Strange names don't stay for good: those that are used come back at once.
  if (known.size === MOST_KNOWN) known.clear();
  known.set(name, made);
  return made;
}
