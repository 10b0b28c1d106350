import { S3Error } from '../s3/errors.ts';
import { type Call, headerOf, Refusal } from './call.ts';
import type { ObjectVersion, Version } from './store/model.ts';

/**
 * The conditions of a read, in the order of https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2
 * @throws S3Error PreconditionFailed (412), NotModified (304)
 */
export function checkRead(call: Call, version: ObjectVersion): void {
  const failed = failedOf(call, version, '');
  if (failed === undefined) return;
  if (failed === 'If-Match' || failed === 'If-Unmodified-Since') throw precondition(failed);
  const headers = { ETag: `"${version.etag}"`, 'Last-Modified': version.modified.toUTCString() };
  throw new Refusal('NotModified', 'Not modified', { headers });
}

/** The `x-amz-copy-source-if-*` conditions: all of them fail with 412. */
export function checkCopySource(call: Call, version: ObjectVersion): void {
  const failed = failedOf(call, version, 'x-amz-copy-source-');
  if (failed !== undefined) throw precondition(`x-amz-copy-source-${failed}`);
}

/** `If-None-Match: *` and `If-Match: <etag>` of a write, compared with the current object. */
export function checkWrite(call: Call, current: Version | undefined): void {
  const noneMatch = headerOf(call, 'if-none-match');
  const match = headerOf(call, 'if-match');
  if (noneMatch !== undefined && noneMatch !== '*') {
    throw new S3Error(
      'NotImplemented',
      'A header you provided implies functionality that is not implemented',
      {
        fields: { Header: 'If-None-Match' },
      },
    );
  }
  const there = current?.kind === 'object' ? current : undefined;
  if (noneMatch === '*' && there) throw precondition('If-None-Match');
  if (match === undefined) return;
  if (!there) throw new S3Error('NoSuchKey', 'The specified key does not exist.');
  if (!names(strong(match), there.etag)) throw precondition('If-Match');
}

/**
 * The `If-Match` of a DeleteObject, or the ETag of one object in a DeleteObjects: "conditional delete evaluations only apply
 * to the current version". https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html
 * @throws S3Error PreconditionFailed, NoSuchKey
 */
export function checkDelete(match: string | undefined, current: Version | undefined): void {
  if (match === undefined) return;
  if (!current) throw new S3Error('NoSuchKey', 'The specified key does not exist.');
  if (current.kind !== 'object' || !names(strong(match), current.etag)) throw precondition('If-Match');
}

/**
 * Does `If-Range` let the range count? Only the very ETag or date of the object does.
 * https://www.rfc-editor.org/rfc/rfc9110#section-13.1.5
 */
export function rangeCounts(call: Call, version: ObjectVersion): boolean {
  const condition = headerOf(call, 'if-range')?.trim();
  if (condition === undefined) return true;
  if (/^(?:W\/)?"/.test(condition)) return condition === `"${version.etag}"`;
  return Date.parse(condition) === Math.floor(version.modified.getTime() / 1000) * 1000;
}

function failedOf(call: Call, version: ObjectVersion, prefix: string): string | undefined {
  const match = headerOf(call, `${prefix}if-match`);
  const noneMatch = headerOf(call, `${prefix}if-none-match`);
  const unmodified = dateOf(call, `${prefix}if-unmodified-since`);
  const modified = dateOf(call, `${prefix}if-modified-since`);
  // HTTP dates have whole seconds.
  const changed = Math.floor(version.modified.getTime() / 1000) * 1000;
  if (match !== undefined) {
    if (!names(strong(match), version.etag)) return 'If-Match';
  } else if (unmodified !== undefined && changed > unmodified) return 'If-Unmodified-Since';
  if (noneMatch !== undefined) {
    if (names(noneMatch, version.etag)) return 'If-None-Match';
  } else if (modified !== undefined && changed <= modified) return 'If-Modified-Since';
  return undefined;
}

/**
 * "An origin server MUST use the strong comparison function when comparing entity tags for If-Match": a weak one never matches.
 * https://www.rfc-editor.org/rfc/rfc9110#section-13.1.1
 */
function strong(list: string): string {
  const items = list.split(',').filter((item) => !item.trim().startsWith('W/'));
  return items.join(',');
}

function names(list: string, etag: string): boolean {
  return list.split(',').some((item) => {
    const candidate = item
      .trim()
      .replace(/^W\//, '')
      .replace(/^"(.*)"$/, '$1');
    return candidate === '*' || candidate === etag;
  });
}

function dateOf(call: Call, name: string): number | undefined {
  const time = Date.parse(headerOf(call, name) ?? '');
  return Number.isNaN(time) ? undefined : time;
}

function precondition(condition: string): S3Error {
  return new S3Error('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
    fields: { Condition: condition },
  });
}
