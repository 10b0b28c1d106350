import { commonMatch, haveCommonMatch, isGlob } from '../rules/glob.ts';
import { type OverlapIndex, overlapIndex } from '../rules/overlap-index.ts';
import { type Path, pathText, type Report } from './problem.ts';
import type { Salvaged } from './salvage.ts';
import type { Config } from './schema.ts';

/** A complete rule. */
interface Placed {
  readonly index: number;
  readonly bucket: string;
  readonly prefix: string;
  readonly off: boolean;
}

/** Reports wrong bucket patterns, rules that tie, and rules that switch the encryption off inside another. */
export function checkRules(config: Salvaged<Config>, report: Report): void {
  const whole: Placed[] = [];
  for (const [index, rule] of (config.rules ?? []).entries()) {
    const { bucket, prefix } = rule?.match ?? {};
    if (bucket !== undefined) checkBucket(bucket, ['rules', index, 'match', 'bucket'], report);
    if (prefix !== undefined) checkPrefix(prefix, bucket, ['rules', index, 'match', 'prefix'], report);
    if (rule?.encrypt === undefined || bucket === undefined || prefix === undefined) continue;
    whole.push({ index, bucket, prefix, off: rule.encrypt === 'off' });
  }
  reportTies(whole, report);
  reportHoles(whole, report);
}

const BUCKET = /^[A-Za-z0-9_][A-Za-z0-9._-]{1,61}[A-Za-z0-9_]$/;

function checkBucket(bucket: string, path: Path, report: Report): void {
  if (/[^A-Za-z0-9._*?-]/.test(bucket)) {
    const fix = /^(?:s3:\/\/|arn:)/.test(bucket)
      ? 'write the name of the bucket alone'
      : 'put a prefix into match.prefix';
    report.error(path, 'has characters that no bucket name has', fix);
  } else if (!isGlob(bucket) && !BUCKET.test(bucket)) {
    report.error(path, 'is not a bucket name: 3 to 63 characters, with a letter or digit at both ends');
  } else if (bucket.replaceAll('*', '').length > 63) {
    report.error(path, 'matches no bucket: names have at most 63 characters');
  }
}

function checkPrefix(prefix: string, bucket: string | undefined, path: Path, report: Report): void {
  if (/\p{Surrogate}/u.test(prefix)) report.error(path, 'is not valid Unicode, as object keys are');
  if (prefix.startsWith('/')) {
    report.warn(
      path,
      'begins with "/", but object keys seldom do',
      'remove the "/" unless the object keys begin with it too',
    );
  }
  if (prefix.startsWith('s3://'))
    report.error(path, 'is a URL, not a prefix of object keys', 'write what follows s3://BUCKET/');
  if (bucket !== undefined && prefix.startsWith(`${bucket}/`))
    report.warn(
      path,
      'begins with the name of the bucket, but object keys seldom do',
      `remove "${bucket}/" unless the object keys begin with it too`,
    );
  if (prefix.endsWith('*')) report.warn(path, 'the "*" is literal: a prefix is not a glob', 'remove it');
}

function reportTies(rules: readonly Placed[], report: Report): void {
  const twins = new Map<Placed, Placed>();
  for (const group of Map.groupBy(rules, kindOfTie).values()) {
    const index = overlapIndex(group, ({ bucket }) => bucket);
    for (const rule of group) {
      for (const other of index.candidates(rule.bucket)) {
        if (other.index >= rule.index || !haveCommonMatch(rule.bucket, other.bucket)) continue;
        twins.set(rule, other);
        break;
      }
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

/** Only rules of one prefix tie, and only globs with globs. */
function kindOfTie({ bucket, prefix }: Placed): string {
  return `${isGlob(bucket)} ${prefix}`;
}

/** Warns of an `off` that beats an encrypting rule for some objects: they stay unencrypted, perhaps by mistake. */
function reportHoles(rules: readonly Placed[], report: Report): void {
  const holes = new Map<Placed, Placed>();
  const hidden = hiddenBy(rules.filter((rule) => !rule.off));
  for (const off of rules.filter((rule) => rule.off)) {
    for (const encrypting of hidden(off)) {
      if (!haveCommonMatch(off.bucket, encrypting.bucket)) continue;
      holes.set(off, encrypting);
      break;
    }
  }
  for (const [off, encrypting] of holes) {
    report.warn(
      ['rules', off.index, 'encrypt'],
      `off leaves objects unencrypted that ${nameOf(encrypting)} would encrypt`,
      'remove the rule if this is a mistake',
    );
  }
}

/** The rules that this one beats where both match: rules with shorter prefixes, and for an exact bucket all globs. */
function hiddenBy(rules: readonly Placed[]): (winner: Placed) => Iterable<Placed> {
  const indexOf = (group: readonly Placed[]): OverlapIndex<Placed> =>
    overlapIndex(group, ({ bucket }) => bucket);
  const sameKind = new Map(
    [...Map.groupBy(rules, kindOfTie)].map(([kind, group]) => [kind, indexOf(group)] as const),
  );
  const globs = indexOf(rules.filter(({ bucket }) => isGlob(bucket)));
  return function* (winner) {
    for (let length = 0; length < winner.prefix.length; length++) {
      const shorter = { ...winner, prefix: winner.prefix.slice(0, length) };
      yield* sameKind.get(kindOfTie(shorter))?.candidates(winner.bucket) ?? [];
    }
    if (isGlob(winner.bucket)) return;
    for (const glob of globs.candidates(winner.bucket)) {
      if (glob.prefix.startsWith(winner.prefix) || winner.prefix.startsWith(glob.prefix)) yield glob;
    }
  };
}

function nameOf({ index }: Placed): string {
  return pathText(['rules', index]);
}
