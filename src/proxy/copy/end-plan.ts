import { type OperationName, operation } from '../../s3/operations.ts';
import type { End } from '../../ssec/headers.ts';
import { type OwnQuery, objectIn, ownPlan } from '../plan/own-plan.ts';
import type { CopySource, Plan } from '../plan/plan.ts';

/**
 * The plan of one request about the source of a copy, or about what it writes: where that is, with its rule, its keys
 * and its credentials.
 */
export function endPlan(plan: Plan, end: End, name: OperationName, query: OwnQuery = {}): Plan {
  const own = end === 'source' ? sourcePlan(sourceOf(plan), name, query) : targetPlan(plan, name, query);
  // Both ends may be at one store, which then knows both keys.
  return { ...own, ssecKeys: [...new Set([...own.ssecKeys, ...plan.ssecKeys])] };
}

function sourcePlan(source: CopySource, name: OperationName, query: OwnQuery): Plan {
  const { bucket, objectKey, upstream, credentials, match } = source;
  const about = { shape: 'object', bucket, objectKey } as const;
  return ownPlan({ name, about, query, upstream, credentials, match, ...keyOf(source, name) });
}

function targetPlan(plan: Plan, name: OperationName, query: OwnQuery): Plan {
  const { upstream, credentials, match, upload, asked } = plan;
  const about = objectIn(plan);
  return ownPlan({ name, about, query, upstream, credentials, match, upload, asked, ...keyOf(plan, name) });
}

function sourceOf({ source }: Plan): CopySource {
  if (!source) throw new TypeError('this is not a copy');
  return source;
}

/** The SSE-C key of that end, where the operation takes one. */
function keyOf(
  { ssec, upstream }: Pick<Plan, 'ssec' | 'upstream'>,
  name: OperationName,
): Partial<Pick<Plan, 'ssec'>> {
  const needs = operation(name).ssec;
  const takes = needs === 'upload' ? upstream.provider.ssecOnComplete : needs !== 'none';
  return takes ? { ssec } : {};
}
