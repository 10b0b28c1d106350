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

  /** The name at the beginning of a line that is `name:value`, if it is the usual one at this place. @param from where the line is */
  beginning(text: string, from: number, at: number): string | undefined {
    const usual = this.#spelled[at];
    if (usual === undefined || text.charCodeAt(from + usual.length) !== COLON) return undefined;
    if (!text.startsWith(usual, from)) return undefined;
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

/** A judgement of names alone, with what it said of those that stood at each place of a head the last time. */
export class UsualVerdicts {
  readonly #judge: (name: string) => boolean;
  readonly #spelled: string[] = [];
  readonly #verdicts: boolean[] = [];

  /** @param judge of a name in lower case: always the same of the same name */
  constructor(judge: (name: string) => boolean) {
    this.#judge = judge;
  }

  /** @param at its place among the names of its head, from 0 */
  of(name: string, at: number): boolean {
    if (this.#spelled[at] === name) return this.#verdicts[at] as boolean;
    const verdict = this.#judge(lowerCase(name));
    if (name.length <= LONGEST && at < MOST_PLACES && at <= this.#spelled.length) {
      this.#spelled[at] = ownCopy(name);
      this.#verdicts[at] = verdict;
    }
    return verdict;
  }
}

const MOST_PLACES = 64;
const COLON = 0x3a;
