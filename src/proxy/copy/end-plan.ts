import { OPERATIONS } from '../../s3/operations.ts';
import { Query } from '../../s3/query.ts';
import { pathOf } from '../../s3/target.ts';
import type { End } from '../../ssec/headers.ts';
import type { Injection } from '../plan/injection.ts';
import type { CopySource, Plan } from '../plan/make-plan.ts';

/** Query names with their values; `uploads` and the like have none. */
export type EndQuery = Readonly<Record<string, string | undefined>>;

/**
 * The plan of one request about the source of a copy, or about what it writes: where that lies, with its rule, its keys
 * and its credentials.
 */
export function endPlan(plan: Plan, end: End, name: string, query: EndQuery = {}): Plan {
  const operation = OPERATIONS.find((row) => row.name === name);
  if (!operation || !plan.source || plan.target.shape !== 'object') throw new Error('there is no such copy');
  const { bucket, objectKey } = end === 'source' ? plan.source : plan.target;
  const object = { shape: 'object', bucket, objectKey } as const;
  const target = { ...object, query: queryOf(query), canonicalPath: pathOf(object) };
  const { upstream, match, ssec, credentials } = end === 'source' ? plan.source : plan;
  return {
    operation,
    target,
    asked: end === 'source' ? target : plan.asked,
    upload: end === 'source' ? undefined : plan.upload,
    match,
    ssec: takesKey({ ssec: operation.ssec, upstream }) ? ssec : NO_KEY,
    source: undefined,
    upstream,
    credentials,
    further: [],
  };
}

const NO_KEY: Injection = { kind: 'none' };

function takesKey({
  ssec,
  upstream,
}: Pick<CopySource, 'upstream'> & { ssec: Plan['operation']['ssec'] }): boolean {
  return ssec === 'upload' ? upstream.provider.trioOnComplete : ssec !== 'none';
}

function queryOf(query: EndQuery): Query {
  return new Query(
    Object.entries(query).map(([name, value]) => ({
      name,
      value: value ?? '',
      hasEquals: value !== undefined,
    })),
  );
}
