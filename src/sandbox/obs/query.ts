import { S3Error } from '../../s3/errors.ts';
import { Query } from '../../s3/query.ts';
import type { Dialect } from '../rules.ts';
import { isKnown } from './signed-names.ts';

/** The spelling that S3 has of names that OBS compares without regard to case. */
const SPELLINGS: ReadonlyMap<string, string> = new Map(
  'versionId uploadId partNumber'.split(' ').map((name) => [name.toLowerCase(), name]),
);

/** Parameters that only one dialect has: https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0044.html */
const ONLY: ReadonlyMap<string, Dialect> = new Map([
  ['storageclass', 'obs'],
  ['storagepolicy', 's3'],
]);

/**
 * The parameters as operations know them. OBS signs the names of sub-resources in lower case, so a request for `?Append` is
 * taken for an append here: a proxy must not let it pass as something else.
 *
 * @throws S3Error InvalidArgument for one that OBS doesn't have, or that the dialect doesn't
 */
export function obsQuery(query: Query, dialect: Dialect): Query {
  return new Query(
    query.parameters.map((parameter) => {
      const lower = parameter.name.toLowerCase();
      // Of AWS's SDKs, which name the operation in it.
      const known = isKnown(lower) || (dialect === 's3' && lower === 'x-id');
      if (!known || (ONLY.get(lower) ?? dialect) !== dialect)
        throw new S3Error('InvalidArgument', `OBS does not know the parameter ${parameter.name}.`, {
          fields: { ArgumentName: parameter.name },
        });
      return { ...parameter, name: SPELLINGS.get(lower) ?? lower };
    }),
  );
}
