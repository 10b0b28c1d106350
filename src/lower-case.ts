import { ownCopy } from './own-copy.ts';

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
  known.set(ownCopy(name), ownCopy(made));
  return made;
}

/**
 * The names that stood at each place of a head the last time. Heads of one kind mostly name the same fields in the same
 * order, and to compare two names costs less than to look one up that was never seen as this very string.
 */
export class UsualNames {
  readonly #spelled: string[] = [];
  readonly #lower: string[] = [];

  /** @param at its place among the names of its head, from 0 */
  lowerCase(name: string, at: number): string {
    if (this.#spelled[at] === name) return this.#lower[at] as string;
    const lower = lowerCase(name);
    this.#keep(name, lower, at);
    return lower;
  }

  /** The name at the beginning of a line that is `name:value`, if it is the usual one at this place. */
  beginning(line: string, at: number): string | undefined {
    const usual = this.#spelled[at];
    if (usual === undefined || line.charCodeAt(usual.length) !== COLON || !line.startsWith(usual))
      return undefined;
    return usual;
  }

  /** @param name a valid one, at this place @returns the same, in memory of its own */
  learn(name: string, at: number): string {
    return this.#keep(name, lowerCase(name), at);
  }

  #keep(name: string, lower: string, at: number): string {
    if (name.length > LONGEST || at >= MOST_PLACES) return name;
    // No holes: a place is known once those before it are.
    if (at > this.#spelled.length) return name;
    const own = ownCopy(name);
    this.#spelled[at] = own;
    this.#lower[at] = lower;
    return own;
  }
}

const MOST_PLACES = 64;
const COLON = 0x3a;
