import { type Dialect, S3 } from '../dialects/dialect.ts';
import { OBS } from '../dialects/obs.ts';
import { S3Error } from '../s3/errors.ts';
import type { Fields } from './fields.ts';
import type { Condition, Policy } from './policy.ts';

/** A form in the view of its policy: fields as they will be stored, the object key with the file name filled in. */
export interface Judged {
  readonly bucket: string;
  readonly fields: Fields;
  /** The size of the file, in bytes. */
  readonly length: number;
}

/** "Each form field … (except x-amz-signature, file, policy, and field names that have an x-ignore- prefix) must appear in the list of conditions." */
const UNCONDITIONED: ReadonlySet<string> = new Set([
  'x-amz-signature',
  'file',
  'policy',
  // Of SigV2.
  'awsaccesskeyid',
  'signature',
]);
/** The same of OBS. https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0012.html */
const UNCONDITIONED_OF_OBS: ReadonlySet<string> = new Set([
  'accesskeyid',
  'file',
  'policy',
  'signature',
  'token',
]);

/**
 * By the client's own names of fields. Of OBS, `acl` and `x-obs-acl` are one: policies have the one and forms the other. A
 * form with both is refused later.
 *
 * @throws S3Error AccessDenied, EntityTooLarge, EntityTooSmall
 */
export function checkPolicy(
  { expiration, conditions }: Policy,
  judged: Judged,
  now: Date,
  dialect: Dialect = S3,
): void {
  if (!(now.getTime() <= expiration)) throw against('Policy expired.');
  const named = (field: string): string => (dialect === OBS && field === 'acl' ? 'x-obs-acl' : field);
  const fields = new Map([
    ...[...judged.fields].map(([field, value]) => [named(field), value] as const),
    ['bucket', judged.bucket],
  ]);
  const meant = conditions.map((one) =>
    one.kind === 'content-length-range' ? one : { ...one, field: named(one.field) },
  );
  const covered = new Set(meant.map((one) => (one.kind === 'content-length-range' ? '' : one.field)));
  for (const condition of meant) checkCondition(condition, fields, judged.length);
  const unconditioned = dialect === OBS ? UNCONDITIONED_OF_OBS : UNCONDITIONED;
  const extra = [...fields.keys()].filter(
    (name) => !covered.has(name) && !unconditioned.has(name) && !name.startsWith('x-ignore-'),
  );
  if (extra.length > 0) throw against(`Extra input fields: ${extra.join(', ')}`);
}

function checkCondition(condition: Condition, fields: Fields, length: number): void {
  if (condition.kind === 'content-length-range') {
    checkLength(condition, length);
    return;
  }
  const value = fields.get(condition.field);
  if (value === undefined || !holds(condition, value)) {
    throw against(`Policy Condition failed: ${condition.text}`);
  }
}

function holds(
  { kind, field, value }: Exclude<Condition, { kind: 'content-length-range' }>,
  given: string,
): boolean {
  if (kind === 'eq') return given === value;
  // "Values that contain commas are interpreted as lists. Each value in the list must meet the condition."
  const parts = field === 'content-type' ? given.split(',').map((part) => part.trim()) : [given];
  return parts.every((part) => part.startsWith(value));
}

function checkLength({ least, most }: { least: number; most: number }, length: number): void {
  const ProposedSize = String(length);
  if (length > most) {
    throw new S3Error('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', {
      fields: { ProposedSize, MaxSizeAllowed: String(most) },
    });
  }
  if (length < least) {
    throw new S3Error('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', {
      fields: { ProposedSize, MinSizeAllowed: String(least) },
    });
  }
}

function against(what: string): S3Error {
  return new S3Error('AccessDenied', `Invalid according to Policy: ${what}`);
}
