import { type Dialect, INTERNAL_PREFIX, S3 } from '../dialects/dialect.ts';
import { internalName } from '../dialects/names.ts';
import { OBS } from '../dialects/obs.ts';
import { internalValue } from '../dialects/translate.ts';
import { S3Error } from '../s3/errors.ts';
import type { Fields } from './fields.ts';

/** What a form speaks, as the fields of its signature say. */
export function dialectOf(fields: Fields): Dialect {
  const of = (names: readonly string[]): boolean => names.some((name) => fields.has(name));
  // A `token` may be anybody's own field.
  return !of(OF_AWS) && (fields.has('accesskeyid') || (fields.has('token') && !of(OF_SIGV4))) ? OBS : S3;
}

const OF_AWS = ['awsaccesskeyid'];
const OF_SIGV4 = ['x-amz-algorithm', 'x-amz-credential', 'x-amz-date', 'x-amz-signature'];

/**
 * The fields with what `token` says in the place of those that it stands for: `AccessKeyId:signature:policy`, which wins
 * over them. https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0012.html
 *
 * @throws S3Error InvalidArgument
 */
export function withToken(fields: Fields, dialect: Dialect): Fields {
  const token = dialect === OBS ? fields.get('token') : undefined;
  if (token === undefined) return fields;
  // An access key id may have a colon, base64 has none.
  const last = token.lastIndexOf(':');
  const first = token.lastIndexOf(':', last - 1);
  if (first < 1) {
    throw new S3Error('InvalidArgument', 'The field token must be AccessKeyId:signature:policy.', {
      fields: { ArgumentName: 'token' },
    });
  }
  return new Map(fields)
    .set('accesskeyid', token.slice(0, first))
    .set('signature', token.slice(first + 1, last))
    .set('policy', token.slice(last + 1));
}

/**
 * The fields of a form in another dialect by their internal names, once its policy has judged them by their own.
 * @throws S3Error InvalidArgument for a field of S3 among them: readers could differ in which of two they take
 */
export function internalFields(fields: Fields, dialect: Dialect): Fields {
  const made = new Map<string, string>();
  for (const [field, value] of fields) {
    if (field.startsWith(INTERNAL_PREFIX)) throw mixed(field, dialect);
    if (field === `${dialect.prefix}security-token`) continue;
    const name = internalName(field, dialect);
    if (made.has(name)) throw twice(field);
    made.set(name, internalValue(name === 'acl' ? 'x-amz-acl' : name, value, dialect));
  }
  return made;
}

function mixed(field: string, { prefix }: Dialect): S3Error {
  return new S3Error(
    'InvalidArgument',
    `The field ${field} is of another dialect than the signature of the form. Use names that begin with ${prefix}.`,
    { fields: { ArgumentName: field } },
  );
}

function twice(field: string): S3Error {
  return new S3Error('InvalidArgument', `The form says twice what the field ${field} says; say it once.`, {
    fields: { ArgumentName: field },
  });
}
