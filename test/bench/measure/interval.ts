/** A share between two contestants, and where it lies with 95 % certainty. */
export interface Share {
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The geometric mean of the shares of pairs that were measured side by side, with its interval by Student's t: shares lie
 * evenly around their mean as logarithms.
 * @param pairs at least two
 */
export function shareOf(pairs: readonly (readonly [value: number, base: number])[]): Share {
  const logs = pairs.map(([value, base]) => Math.log(value / base));
  const mean = logs.reduce((sum, one) => sum + one, 0) / logs.length;
  const variance = logs.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (logs.length - 1);
  const reach = studentsT(logs.length - 1) * Math.sqrt(variance / logs.length);
  return { share: Math.exp(mean), low: Math.exp(mean - reach), high: Math.exp(mean + reach) };
}

/** The 97.5 % quantile, within 2 % of the tables from three degrees of freedom on, and above them. */
function studentsT(freedom: number): number {
  return 1.96 + 2.4 / freedom + 3.2 / freedom ** 2;
}
