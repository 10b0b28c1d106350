import { median } from './median.ts';

/** A share between two contestants, and where it lies with 95 % certainty. */
export interface Share {
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The median of the shares of pairs that were measured side by side. Its interval is that of the sign test, which assumes
 * nothing of how shares are spread: a pair that something disturbed is only one pair, however far off it is.
 * @param pairs at least six, or the interval from the smallest to the largest is less certain
 */
export function shareOf(pairs: readonly (readonly [value: number, base: number])[]): Share {
  const shares = pairs.map(([value, base]) => value / base).toSorted((a, b) => a - b);
  const outside = pairsOutside(shares.length);
  return {
    share: median(shares),
    low: shares[outside] ?? Number.NaN,
    high: shares[shares.length - 1 - outside] ?? Number.NaN,
  };
}

/** In each tail. */
const TAIL = 0.025;

/** How many of the smallest, and of the largest: a coin that is thrown for each pair shows so few heads in 2.5 % of all cases. */
function pairsOutside(count: number): number {
  let outside = -1;
  let chance = 0.5 ** count;
  let sum = chance;
  while (sum <= TAIL) {
    outside += 1;
    chance *= (count - outside) / (outside + 1);
    sum += chance;
  }
  return Math.max(0, outside);
}
