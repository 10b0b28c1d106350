/** Lists of names with their texts, the latest last. Clients and stores get the same few of them again and again. */
const known: { readonly names: readonly string[]; readonly text: string }[] = [];
const MOST_KNOWN = 8;
/** Longer lists are not kept. */
const MOST_NAMES = 32;

/** The names of signed headers, with semicolons between them, as a signature covers and names them. */
export function joinedNames(names: readonly string[]): string {
  for (const list of known) if (areSame(names, list.names)) return list.text;
  const text = names.join(';');
  if (names.length > MOST_NAMES) return text;
  if (known.length === MOST_KNOWN) known.shift();
  known.push({ names: [...names], text });
  return text;
}

type Covers = (name: string) => boolean;

/** Which headers of a request are signed: their names, sorted, and the same joined. */
interface Signed {
  readonly names: readonly string[];
  readonly text: string;
}

/** What was signed of the headers of the latest requests, the latest last. */
const chosen: {
  readonly all: readonly string[];
  readonly covers: Covers | undefined;
  readonly signed: Signed;
}[] = [];

/**
 * @param all names of a request's headers
 * @param covers which of them are signed beside `x-amz-date`; by default all of them
 */
export function signedNames(all: readonly string[], covers: Covers | undefined): Signed {
  for (const one of chosen) if (one.covers === covers && areSame(all, one.all)) return one.signed;
  const names = all.filter((name) => name !== 'x-amz-date' && (covers === undefined || covers(name)));
  names.push('x-amz-date');
  names.sort();
  const signed = { names, text: names.join(';') };
  if (all.length > MOST_NAMES) return signed;
  if (chosen.length === MOST_KNOWN) chosen.shift();
  chosen.push({ all, covers, signed });
  return signed;
}

function areSame(names: readonly string[], others: readonly string[]): boolean {
  if (names.length !== others.length) return false;
  for (let at = 0; at < names.length; at += 1) if (names[at] !== others[at]) return false;
  return true;
}
