import { randomBytes } from 'node:crypto';
import type { Bucket } from './buckets.ts';
import type { DataDirectory } from './data.ts';
import type { ObjectVersion, Version } from './model.ts';

type Draft = Omit<ObjectVersion, 'kind' | 'versionId'>;

/**
 * Makes a version whose files are all in place visible, and removes what it replaced.
 * `check` runs in the same turn as the change, so that one of two conditional writes fails.
 */
export async function commitVersion(
  data: DataDirectory,
  bucket: Bucket,
  draft: Draft,
  check: (current: Version | undefined) => void,
): Promise<ObjectVersion> {
  const version: ObjectVersion = { kind: 'object', versionId: newVersionId(bucket), ...draft };
  try {
    await data.describe(recordId(version), { bucket: bucket.name, ...version });
    check(bucket.versions.find(version.objectKey));
  } catch (cause) {
    await removeFiles(data, version);
    throw cause;
  }
  const replaced = bucket.versions.add(version);
  if (replaced) await removeFiles(data, replaced);
  return version;
}

/** Changes the record of a version but not its bytes. */
export async function updateVersion(
  data: DataDirectory,
  bucket: Bucket,
  version: ObjectVersion,
): Promise<void> {
  await data.describe(recordId(version), { bucket: bucket.name, ...version });
  bucket.versions.replace(version);
}

export async function removeFiles(data: DataDirectory, version: Version): Promise<void> {
  if (version.kind === 'object') await data.remove(version.files.map((file) => file.id));
}

/** `null` unless the bucket keeps versions. */
export function newVersionId(bucket: Bucket): string {
  return bucket.versioning === 'Enabled' ? randomBytes(24).toString('base64url') : 'null';
}

/** The record of a version is next to its first file; every version has a file, even an empty version. */
function recordId(version: ObjectVersion): string {
  const [first] = version.files;
  if (!first) throw new Error('a version without a file');
  return first.id;
}
