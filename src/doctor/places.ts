import { isGlob, matchGlob } from '../rules/glob.ts';
import type { Rule, RuleSet } from '../rules/match.ts';
import { readDocument } from '../s3/document.ts';
import { ask, isFailure } from './ask.ts';
import type { StoreBench } from './bench.ts';

/** How many buckets of a rule with a glob are examined. */
const MOST_BUCKETS = 3;

/** The buckets in which a rule is examined: the one that it names, or the first ones that match its glob. */
export async function bucketsOf(rule: Rule, rules: RuleSet, bench: StoreBench): Promise<readonly string[]> {
  if (!isGlob(rule.bucket)) return [rule.bucket];
  const answer = await ask(bench, { method: 'GET' });
  if (isFailure(answer)) return [];
  const [list] = readDocument(answer.body.toString('utf8'), 'ListAllMyBucketsResult').all('Buckets');
  const names = list?.all('Bucket').map((bucket) => bucket.text('Name')?.trim() ?? '') ?? [];
  return names
    .filter((name) => matchGlob(rule.bucket, name))
    .filter((name) => {
      const match = rules.matchObject(name, rule.prefix);
      return match.kind === 'rule' && match.rule === rule;
    })
    .slice(0, MOST_BUCKETS);
}
