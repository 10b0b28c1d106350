import { posix } from 'node:path';

/**
 * The name of a version in rclone with `--s3-versions`: `a/b-v2026-11-22-024332-276.txt`, the time in UTC to the
 * millisecond. https://rclone.org/s3/#versions
 */
export function versionedName(objectKey: string, modified: Date): string {
  const extension = posix.extname(objectKey);
  const stem = objectKey.slice(0, objectKey.length - extension.length);
  const [, date = '', time = '', fraction = ''] = /^(.+)T(.+)\.(\d{3})Z$/.exec(modified.toISOString()) ?? [];
  return `${stem}-v${date}-${time.replaceAll(':', '')}-${fraction}${extension}`;
}
