import { type Dialect, INTERNAL_PREFIX, S3 } from '../dialects/dialect.ts';
import { internalName } from '../dialects/names.ts';
import { OBS } from '../dialects/obs.ts';
import { internalValue } from '../dialects/translate.ts';
import { S3Error } from '../s3/errors.ts';
import type { Fields } from './fields.ts';

/** What a form speaks, as the fields of its signature say. */
export function dialectOf(fields: Fields): Dialect {
  const obs = fields.has('accesskeyid') || (fields.has('token') && !fields.has('x-amz-signature'));
  return obs && !fields.has('awsaccesskeyid') ? OBS : S3;
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
