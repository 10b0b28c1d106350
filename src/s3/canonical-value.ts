/**
 * How a store writes the value of a signed header before it hashes it: SigV4 wants "leading and trailing white space
 * removed" and "sequential spaces converted to a single space", and says nothing of what else is a space.
 *
 * - `untouched`: runs stay as they are.
 * - `spaces`: runs of spaces become one. A tab is a letter, as in AWS's SDK for Go.
 * - `blanks`: runs of spaces and tabs become one space, as most SDKs do. The proxy verifies clients by it.
 * - `first`: of a run of spaces and tabs its first one stays.
 * - `unicode`: the same with whatever Unicode calls white space, as Go's `strings.Fields`.
 * - `documented`: as AWS writes in its documentation, which speaks of spaces alone. A value with tabs can't be signed.
 * - `unseen`: nobody knows. Only a value that all but the first would write alike can be signed.
 */
export type CanonicalForm = 'untouched' | 'spaces' | 'blanks' | 'first' | 'unicode' | Unclear;

type Unclear = 'documented' | 'unseen';

/** @param value one character a byte, for which `ODD` holds @returns undefined where the form leaves it open */
export function canonicalOdd(value: string, form: CanonicalForm): string | undefined {
  if (form !== 'unseen' && form !== 'documented') return FORMS[form](value);
  const [first, ...others] = POSSIBLE[form].map((one) => FORMS[one](value));
  return others.every((other) => other === first) ? first : undefined;
}

/** Can forms differ on it, or on one of several that stand on lines of their own? All write any other value as it is. */
export const ODD = /^ | $| {2}|[\t\u0080-\u00FF]/m;

/**
 * Unicode's white space as UTF-8 beside space and tab: U+0085, U+00A0, U+1680, U+2000 to U+200A, U+2028, U+2029, U+202F,
 * U+205F and U+3000. As bytes, since a value need not be UTF-8: the byte A0 alone is none, nor is the end of an `à`.
 */
const ANY =
  /(?:[ \t]|\u00C2[\u0085\u00A0]|\u00E1\u009A\u0080|\u00E2\u0080[\u0080-\u008A\u00A8\u00A9\u00AF]|\u00E2\u0081\u009F|\u00E3\u0080\u0080)+/g;
const BEGINNING =
  /^(?:[ \t]|\u00C2[\u0085\u00A0]|\u00E1\u009A\u0080|\u00E2\u0080[\u0080-\u008A\u00A8\u00A9\u00AF]|\u00E2\u0081\u009F|\u00E3\u0080\u0080)+/;

type Known = Exclude<CanonicalForm, Unclear>;

const FORMS: Readonly<Record<Known, (value: string) => string>> = {
  untouched: trimmedWide,
  spaces: (value) => trimmedWide(value.replace(/ +/g, ' ')),
  // Not `trim()`, which treats the byte A0 as a space: it is the second half of an `à`.
  blanks: (value) => value.replace(/[ \t]+/g, ' ').replace(/^ | $/g, ''),
  first: (value) => value.replace(/([ \t])[ \t]*/g, '$1').replace(/^[ \t]|[ \t]$/g, ''),
  unicode: (value) => value.replace(ANY, ' ').replace(/^ | $/g, ''),
};
const POSSIBLE: Readonly<Record<Unclear, readonly Known[]>> = {
  documented: ['spaces', 'blanks', 'first'],
  unseen: ['spaces', 'blanks', 'first', 'unicode'],
};

/** Without white space of Unicode's at its ends, as Go's and Rust's own functions remove it. */
function trimmedWide(value: string): string {
  const from = BEGINNING.exec(value)?.[0].length ?? 0;
  let to = value.length;
  for (const run of value.matchAll(ANY)) if (run.index + run[0].length === value.length) to = run.index;
  return value.slice(from, Math.max(from, to));
}
