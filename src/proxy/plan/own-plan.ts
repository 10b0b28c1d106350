import { type OperationName, operation } from '../../s3/operations.ts';
import { Query } from '../../s3/query.ts';
import { faultOf } from '../../s3/query-values.ts';
import { type Addressed, pathOf, type Target } from '../../s3/target.ts';
import { complete, type Injection, type Plan } from './plan.ts';

/** Query names with their values; `uploads` and the like have none. */
export type OwnQuery = Readonly<Record<string, string | undefined>>;

/** A question of the proxy's own: what it asks, about what, where and as whom. */
export interface OwnQuestion extends Pick<Plan, 'upstream' | 'credentials'> {
  readonly name: OperationName;
  readonly about: Addressed;
  readonly query?: OwnQuery;
  /** The rule that it is asked under; by default none, as for the bucket or the service as such. */
  readonly match?: Plan['match'];
  /** By default no SSE-C headers are sent. */
  readonly ssec?: Injection;
  /** The multipart upload that it goes on with, and the target as the client knows it. */
  readonly upload?: Plan['upload'];
  readonly asked?: Target;
}

const NO_KEY: Injection = { kind: 'none' };

/**
 * The plan of a request that the proxy makes itself. Nothing of a client's plan gets into it unsaid.
 * @throws TypeError for a parameter that lacks its value: with an empty one the store would do something else
 */
export function ownPlan({ name, about, query = {}, upstream, credentials, ...said }: OwnQuestion): Plan {
  const target: Target = { ...about, query: queryOf(query), canonicalPath: pathOf(about) };
  return complete({
    operation: operation(name),
    target,
    asked: said.asked ?? target,
    upload: said.upload,
    match: said.match ?? { kind: about.shape === 'service' ? 'service' : 'bucket' },
    ssec: said.ssec ?? NO_KEY,
    source: undefined,
    needs: [],
    upstream,
    credentials,
    further: [],
  });
}

/** The object that a plan is about, by its name alone. @throws TypeError when it is about none */
export function objectIn({ target }: Plan): Extract<Addressed, { shape: 'object' }> {
  if (target.shape !== 'object') throw new TypeError('this request is not about an object');
  const { shape, bucket, objectKey } = target;
  return { shape, bucket, objectKey };
}

function queryOf(query: OwnQuery): Query {
  return new Query(
    Object.entries(query).map(([name, value = '']) => {
      const fault = faultOf({ name, value });
      if (fault !== undefined) throw new TypeError(`a request of the proxy's own: ${fault}`);
      return { name, value, hasEquals: query[name] !== undefined };
    }),
  );
}
