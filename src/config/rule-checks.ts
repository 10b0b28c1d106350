import { commonMatch, isGlob } from '../rules/glob.ts';
import { type Path, pathText, type Report } from './problem.ts';
import type { Salvaged } from './salvage.ts';
import type { Config } from './schema.ts';

/** A rule that is whole. */
interface Placed {
  readonly index: number;
  readonly bucket: string;
  readonly prefix: string;
  readonly off: boolean;
}

/** Bucket patterns, ties and holes. */
export function checkRules(config: Salvaged<Config>, report: Report): void {
  const whole: Placed[] = [];
  for (const [index, rule] of (config.rules ?? []).entries()) {
    const { bucket, prefix } = rule?.match ?? {};
    if (bucket !== undefined) checkBucket(bucket, ['rules', index, 'match', 'bucket'], report);
    if (prefix !== undefined) checkPrefix(prefix, ['rules', index, 'match', 'prefix'], report);
    if (rule?.encrypt === undefined || bucket === undefined || prefix === undefined) continue;
    whole.push({ index, bucket, prefix, off: rule.encrypt === 'off' });
  }
  reportTies(whole, report);
  reportHoles(whole, report);
}

const BUCKET = /^[A-Za-z0-9_][A-Za-z0-9._-]{1,61}[A-Za-z0-9_]$/;

function checkBucket(bucket: string, path: Path, report: Report): void {
  if (/[^A-Za-z0-9._*?-]/.test(bucket)) {
    report.error(path, 'has characters that no bucket name has', 'a prefix goes into match.prefix');
  } else if (!isGlob(bucket) && !BUCKET.test(bucket)) {
    report.error(path, 'is not a bucket name: 3 to 63 characters, with a letter or digit at both ends');
  } else if (bucket.replaceAll('*', '').length > 63) {
    report.error(path, 'matches no bucket: names have at most 63 characters');
  }
}

function checkPrefix(prefix: string, path: Path, report: Report): void {
  if (/\p{Surrogate}/u.test(prefix)) report.error(path, 'is not valid Unicode, and object keys are');
  if (prefix.startsWith('/')) {
    report.warn(
      path,
      'begins with "/", and object keys seldom do',
      'leave it out unless the keys begin so too',
    );
  }
  if (prefix.endsWith('*'))
    report.warn(path, 'the "*" stands for itself: a prefix is no glob', 'leave it out');
}

function reportTies(rules: readonly Placed[], report: Report): void {
  const twins = new Map<Placed, Placed>();
  for (const group of Map.groupBy(rules, ({ prefix }) => prefix).values()) {
    for (const [a, b] of pairsOfOneBucket(group)) {
      const [first, second] = a.index < b.index ? [a, b] : [b, a];
      if (twins.has(second) || isGlob(a.bucket) !== isGlob(b.bucket)) continue;
      if (commonMatch(a.bucket, b.bucket) !== undefined) twins.set(second, first);
    }
  }
  for (const [second, first] of twins) {
    const bucket = commonMatch(first.bucket, second.bucket);
    const prefix = first.prefix === '' ? 'no prefix' : 'the same prefix';
    report.error(
      ['rules', second.index, 'match'],
      `ties with ${nameOf(first)}: both match a bucket such as "${bucket}" with ${prefix}`,
      'give one of them an exact bucket or a longer prefix, or remove it',
    );
  }
}

/** An `off` that wins over an encrypting rule for some objects leaves them plain, which may not be meant. */
function reportHoles(rules: readonly Placed[], report: Report): void {
  const holes = new Map<Placed, Placed>();
  for (const [a, b] of pairsOfOneBucket(rules)) {
    if (a.off === b.off) continue;
    const [off, encrypting] = a.off ? [a, b] : [b, a];
    const comparable = off.prefix.startsWith(encrypting.prefix) || encrypting.prefix.startsWith(off.prefix);
    if (holes.has(off) || !comparable || !beats(off, encrypting)) continue;
    if (commonMatch(off.bucket, encrypting.bucket) !== undefined) holes.set(off, encrypting);
  }
  for (const [off, encrypting] of holes) {
    report.warn(
      ['rules', off.index, 'encrypt'],
      `off leaves objects plain that ${nameOf(encrypting)} would encrypt`,
      'remove the rule if that is not meant',
    );
  }
}

/**
 * The pairs of rules that may match one bucket, and few others: what stands before the first wildcard of one pattern
 * must begin with what stands there in the other. Sorted by it, such pairs are neighbours, and thousands of rules for
 * different buckets need no look at all their pairs.
 */
function* pairsOfOneBucket(rules: readonly Placed[]): Generator<[Placed, Placed]> {
  const sorted = rules
    .map((rule) => ({ rule, head: rule.bucket.replace(/[*?].*$/, '') }))
    .toSorted((a, b) => (a.head < b.head ? -1 : Number(a.head > b.head)));
  for (const [index, { rule, head }] of sorted.entries()) {
    for (let next = index + 1; next < sorted.length; next++) {
      const other = sorted[next];
      if (other === undefined || !other.head.startsWith(head)) break;
      yield [rule, other.rule];
    }
  }
}

function beats(a: Placed, b: Placed): boolean {
  if (isGlob(a.bucket) !== isGlob(b.bucket)) return isGlob(b.bucket);
  return a.prefix.length > b.prefix.length;
}

function nameOf({ index }: Placed): string {
  return pathText(['rules', index]);
}
