/** The limits of bodies of unknown length that a store takes with their length alone. In bytes and milliseconds. */
export interface UnsizedLimits {
  /** What is held of each at first: most that come without a length are small. */
  readonly first: number;
  /** What is held of a longer one at once, and the size of the parts that it is written in. */
  readonly part: number;
  /** What is longer is refused. */
  readonly largest: number;
  /** How long one part may take to come while others wait for room. */
  readonly filling: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;

/**
 * Parts have at least this size, but for the last one; and a PutObject has at most 5 GiB.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
 */
export const UNSIZED_LIMITS: UnsizedLimits = {
  first: 64 * KIB,
  part: 5 * MIB,
  largest: 5 * KIB * MIB,
  filling: 60_000,
};
