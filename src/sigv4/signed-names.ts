/** Lists of names with their texts, the latest last. Clients and stores get the same few of them again and again. */
const known: { readonly names: readonly string[]; readonly text: string }[] = [];
const MOST_KNOWN = 8;
/** Longer lists are not kept. */
const MOST_NAMES = 32;

/** The names of signed headers, with semicolons between them, as a signature covers and names them. */
export function joinedNames(names: readonly string[]): string {
  for (const list of known) {
    let same = 0;
    while (same < names.length && names[same] === list.names[same]) same += 1;
    if (same === names.length && same === list.names.length) return list.text;
  }
  const text = names.join(';');
  if (names.length > MOST_NAMES) return text;
  if (known.length === MOST_KNOWN) known.shift();
  known.push({ names: [...names], text });
  return text;
}
