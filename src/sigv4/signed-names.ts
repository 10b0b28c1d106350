/** Lists of names with their texts, the latest last. Clients and stores get the same few of them again and again. */
const known: { readonly names: readonly string[]; readonly text: string }[] = [];
const MOST_KNOWN = 8;
/** Longer lists are not kept. */
const MOST_NAMES = 32;

/** The names of signed headers, with semicolons between them, as a signature covers and names them. */
export function joinedNames(names: readonly string[]): string {
  for (const list of known) if (areSame(list.names, names)) return list.text;
  const text = names.join(';');
  if (names.length > MOST_NAMES) return text;
  if (known.length === MOST_KNOWN) known.shift();
  known.push({ names: [...names], text });
  return text;
}

function areSame(some: readonly string[], others: readonly string[]): boolean {
  if (some.length !== others.length) return false;
  for (let at = 0; at < some.length; at += 1) if (some[at] !== others[at]) return false;
  return true;
}
