import { commonMatch, haveCommonMatch, isGlob } from '../rules/glob.ts';
import { overlapIndex } from '../rules/overlap-index.ts';
import { pathText, type Report } from './problem.ts';
import type { Salvaged } from './salvage.ts';
import type { Config } from './schema.ts';

/** Buckets that a rule puts on an upstream. */
interface Placed {
  readonly index: number;
  readonly bucket: string;
  readonly upstream: string | undefined;
}

/**
 * Refuses rules that put one bucket on two upstreams: the proxy could not decide where to list it. A glob does not
 * count for a bucket that another rule names exactly and without a prefix, because that rule has all its objects.
 */
export function checkSplitBuckets({ rules }: Salvaged<Config>, report: Report): void {
  const placed: Placed[] = [];
  const ruled = new Set<string>();
  for (const [index, rule] of (rules ?? []).entries()) {
    const { bucket, prefix } = rule?.match ?? {};
    if (!rule || bucket === undefined || ('upstream' in rule && rule.upstream === undefined)) continue;
    placed.push({ index, bucket, upstream: rule.upstream });
    if (prefix === '' && !isGlob(bucket)) ruled.add(bucket);
  }
  const byUpstream = Map.groupBy(placed, ({ upstream }) => upstream);
  if (byUpstream.size < 2) return;
  const indexes = [...byUpstream].map(
    ([upstream, group]) => [upstream, overlapIndex(group, ({ bucket }) => bucket)] as const,
  );
  for (const rule of placed) {
    const others = indexes.filter(([upstream]) => upstream !== rule.upstream);
    const twin = firstTwin(
      rule,
      others.map(([, index]) => index.candidates(rule.bucket)),
      ruled,
    );
    if (twin) complain(rule, twin, report);
  }
}

/** An earlier rule, on another upstream, that matches one of this rule's buckets. */
function firstTwin(
  rule: Placed,
  candidates: readonly Iterable<Placed>[],
  ruled: ReadonlySet<string>,
): Placed | undefined {
  const hidden = (one: Placed, other: Placed): boolean =>
    !isGlob(one.bucket) && isGlob(other.bucket) && ruled.has(one.bucket);
  for (const group of candidates) {
    for (const other of group) {
      if (other.index > rule.index || hidden(rule, other) || hidden(other, rule)) continue;
      if (haveCommonMatch(rule.bucket, other.bucket)) return other;
    }
  }
  return undefined;
}

function complain(rule: Placed, twin: Placed, report: Report): void {
  const bucket = commonMatch(rule.bucket, twin.bucket);
  report.error(
    ['rules', rule.index, 'match', 'bucket'],
    `a bucket such as "${bucket}" would be on ${nameOf(rule)}, and because of ${pathText(['rules', twin.index])} on ${nameOf(twin)} too`,
    'a bucket can be on one upstream only: name the same upstream in both rules, or another bucket',
  );
}

function nameOf({ upstream }: Placed): string {
  return upstream === undefined ? 'upstream' : `upstreams.${upstream}`;
}
