/**
 * Bucket patterns: `*` matches any run of characters, also none, and `?` exactly one. The matching is our own and not a
 * regular expression, because a bucket name comes from a client and `*a*a*a*b` backtracks without bound.
 */

export function isGlob(pattern: string): boolean {
  return /[*?]/.test(pattern);
}

/** Does the pattern match the whole text? Takes at most pattern × text steps. */
export function matchGlob(pattern: string, text: string): boolean {
  let p = 0;
  let star = -1;
  let resume = 0;
  let t = 0;
  while (t < text.length) {
    const symbol = pattern[p];
    if (symbol === '*') {
      star = p++;
      resume = t;
    } else if (symbol === '?' || symbol === text[t]) {
      p++;
      t++;
    } else if (star >= 0) {
      // Only the last star needs another try: what an earlier one matched can stay.
      p = star + 1;
      t = ++resume;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

/**
 * Is there a text that both patterns match? If both have a star, their ends decide: between the ends, the middle of one
 * pattern can come before the middle of the other, and the stars match the rest.
 */
export function haveCommonMatch(a: string, b: string): boolean {
  if (!startsAgree(a, b) || !endsAgree(a, b)) return false;
  return (a.includes('*') && b.includes('*')) || commonMatch(a, b) !== undefined;
}

/** A text that both patterns match, or undefined when there is none. */
export function commonMatch(a: string, b: string): string | undefined {
  if (!isGlob(a)) return matchGlob(b, a) ? a : undefined;
  if (!isGlob(b)) return matchGlob(a, b) ? b : undefined;
  if (!endsAgree(a, b)) return undefined;
  // `row[j]` is a text that a.slice(i) and b.slice(j) both match, built from the ends of the patterns.
  let below: (string | undefined)[] = [];
  for (let i = a.length; i >= 0; i--) {
    const row: (string | undefined)[] = [];
    for (let j = b.length; j >= 0; j--) {
      row[j] = joinedMatch(a[i], b[j], { right: row[j + 1], down: below[j], diagonal: below[j + 1] });
    }
    below = row;
  }
  return below[0];
}

interface Neighbours {
  /** The match of the rests when b, or a, or both advance by one symbol. */
  readonly right: string | undefined;
  readonly down: string | undefined;
  readonly diagonal: string | undefined;
}

function joinedMatch(x: string | undefined, y: string | undefined, rest: Neighbours): string | undefined {
  if (x === undefined && y === undefined) return '';
  if (x === '*' && y === '*') return rest.down ?? rest.right;
  if (x === '*') return rest.down ?? prepend(y, rest.right);
  if (y === '*') return rest.right ?? prepend(x, rest.down);
  if (x === undefined || y === undefined) return undefined;
  if (x === y || y === '?') return prepend(x, rest.diagonal);
  return x === '?' ? prepend(y, rest.diagonal) : undefined;
}

function prepend(symbol: string | undefined, rest: string | undefined): string | undefined {
  if (symbol === undefined || rest === undefined) return undefined;
  return (symbol === '?' ? 'a' : symbol) + rest;
}

/** The parts before the first stars and after the last ones must fit each other, unlike `*-eu` and `*-us`. */
function agree(a: string, b: string, symbol: (pattern: string, index: number) => string): boolean {
  for (let index = 0; index < a.length && index < b.length; index++) {
    const [x, y] = [symbol(a, index), symbol(b, index)];
    if (x === '*' || y === '*') return true;
    if (x !== y && x !== '?' && y !== '?') return false;
  }
  return true;
}

function startsAgree(a: string, b: string): boolean {
  return agree(a, b, (pattern, index) => pattern.charAt(index));
}

function endsAgree(a: string, b: string): boolean {
  return agree(a, b, (pattern, index) => pattern.charAt(pattern.length - 1 - index));
}
