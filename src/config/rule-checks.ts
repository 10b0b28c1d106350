import { commonMatch, isGlob } from '../rules/glob.ts';
import { type Path, pathText, type Report } from './problem.ts';
import type { Salvaged } from './salvage.ts';
import type { Config } from './schema.ts';
import { didYouMean } from './suggest.ts';

/** A rule that is whole. */
interface Placed {
  readonly index: number;
  readonly bucket: string;
  readonly prefix: string;
  readonly off: boolean;
}

/** Rings, bucket patterns, ties, holes and keys without use. */
export function checkRules(config: Salvaged<Config>, report: Report): void {
  const whole: Placed[] = [];
  for (const [index, rule] of (config.rules ?? []).entries()) {
    const { bucket, prefix } = rule?.match ?? {};
    if (bucket !== undefined) checkBucket(bucket, ['rules', index, 'match', 'bucket'], report);
    if (prefix !== undefined) checkPrefix(prefix, ['rules', index, 'match', 'prefix'], report);
    if (rule?.encrypt === undefined || bucket === undefined || prefix === undefined) continue;
    whole.push({ index, bucket, prefix, off: rule.encrypt === 'off' });
  }
  checkRings(config, report);
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

function checkRings({ rules, keys }: Salvaged<Config>, report: Report): void {
  const used = new Set<string>();
  for (const [index, rule] of (rules ?? []).entries()) {
    if (rule?.encrypt === undefined || rule.encrypt === 'off') continue;
    for (const [place, id] of rule.encrypt.entries()) {
      if (id === undefined) continue;
      const path: Path = ['rules', index, 'encrypt', place];
      if (rule.encrypt.indexOf(id) < place) report.error(path, `key "${id}" is there twice`);
      used.add(id);
      if (keys !== undefined && !Object.hasOwn(keys, id)) {
        report.error(path, `unknown key "${id}"`, didYouMean(id, Object.keys(keys)));
      }
    }
  }
  // A broken rule may name the key after all.
  const complete = rules?.every((rule) => rule?.encrypt !== undefined) === true;
  for (const id of complete ? Object.keys(keys ?? {}) : []) {
    if (!used.has(id)) report.warn(['keys', id], 'no rule uses the key');
  }
}

function reportTies(rules: readonly Placed[], report: Report): void {
  const byPrefix = Map.groupBy(rules, ({ prefix }) => prefix);
  for (const group of byPrefix.values()) {
    const exact = new Map<string, Placed>();
    const globs: Placed[] = [];
    for (const rule of group) {
      const twin = isGlob(rule.bucket)
        ? globs.find((other) => commonMatch(other.bucket, rule.bucket) !== undefined)
        : exact.get(rule.bucket);
      if (twin !== undefined) reportTie(twin, rule, report);
      if (isGlob(rule.bucket)) globs.push(rule);
      else exact.set(rule.bucket, rule);
    }
  }
}

function reportTie(first: Placed, second: Placed, report: Report): void {
  const bucket = commonMatch(first.bucket, second.bucket);
  const prefix = first.prefix === '' ? 'no prefix' : `the same prefix`;
  report.error(
    ['rules', second.index, 'match'],
    `ties with ${nameOf(first)}: both match a bucket such as "${bucket}" with ${prefix}`,
    'give one of them an exact bucket or a longer prefix, or remove it',
  );
}

/** An `off` that wins over an encrypting rule for some objects leaves them plain, which may not be meant. */
function reportHoles(rules: readonly Placed[], report: Report): void {
  const encrypting = rules.filter(({ off }) => !off);
  for (const rule of rules) {
    if (!rule.off) continue;
    const covered = encrypting.find((other) => overlaps(rule, other) && beats(rule, other));
    if (covered === undefined) continue;
    report.warn(
      ['rules', rule.index, 'encrypt'],
      `off leaves objects plain that ${nameOf(covered)} would encrypt`,
      'remove the rule if that is not meant',
    );
  }
}

function overlaps(a: Placed, b: Placed): boolean {
  const comparable = a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix);
  return comparable && commonMatch(a.bucket, b.bucket) !== undefined;
}

function beats(a: Placed, b: Placed): boolean {
  if (isGlob(a.bucket) !== isGlob(b.bucket)) return isGlob(b.bucket);
  return a.prefix.length > b.prefix.length;
}

function nameOf({ index }: Placed): string {
  return pathText(['rules', index]);
}
