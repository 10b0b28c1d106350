import { S3Error } from '../s3/errors.ts';

/** Lower-case name → value, of every field except the file. */
export type Fields = ReadonlyMap<string, string>;

/**
 * Adds a field. "Multiple fields of the same name … must be separated by commas": that makes sense for metadata; for any
 * other field it is unknown which of the two a store takes.
 *
 * @throws S3Error InvalidArgument
 */
export function addField(fields: Map<string, string>, name: string, value: string): void {
  const lower = name.toLowerCase();
  const before = fields.get(lower);
  if (before !== undefined && !lower.startsWith('x-amz-meta-')) {
    throw new S3Error('InvalidArgument', `The form has the field ${lower} twice; give it once.`, {
      fields: { ArgumentName: lower },
    });
  }
  fields.set(lower, before === undefined ? value : `${before},${value}`);
}

/** @throws S3Error InvalidArgument */
export function requiredField(fields: Fields, name: string): string {
  const value = fields.get(name.toLowerCase());
  if (value) return value;
  throw new S3Error(
    'InvalidArgument',
    `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`,
    { fields: { ArgumentName: name, ArgumentValue: '' } },
  );
}
