import { readDocument } from '../../s3/document.ts';
import { S3Error } from '../../s3/errors.ts';
import { malformed } from '../../s3/tags.ts';
import { receiveDocument } from '../body.ts';
import { type Answer, bucketName, type Call, headerOf, objectKeyOf } from '../call.ts';
import { checkDelete } from '../conditions.ts';
import type { Bucket } from '../store/buckets.ts';
import { newVersionId, removeFiles } from '../store/commit.ts';
import type { Version } from '../store/model.ts';
import { documentOf, type Element } from '../xml.ts';

const MAX_OBJECTS = 1000;

interface Deleted {
  readonly versionId: string | undefined;
  readonly marker: string | undefined;
}

export async function deleteObject(call: Call): Promise<Answer> {
  const bucket = call.buckets.get(bucketName(call));
  const objectKey = objectKeyOf(call);
  checkDelete(headerOf(call, 'if-match'), bucket.versions.find(objectKey));
  const { versionId, marker } = await remove(call, bucket, objectKey, call.target.query.get('versionId'));
  const shown = marker ?? versionId;
  return {
    status: 204,
    headers: {
      ...(marker === undefined ? {} : { 'x-amz-delete-marker': 'true' }),
      ...(shown === undefined ? {} : { 'x-amz-version-id': shown }),
    },
  };
}

export async function deleteObjects(call: Call): Promise<Answer> {
  const bucket = call.buckets.get(bucketName(call));
  requireDigest(call);
  const document = readDocument(await receiveDocument(call), 'Delete');
  const objects = document.all('Object');
  if (objects.length === 0 || objects.length > MAX_OBJECTS) throw malformed();
  const quiet = document.text('Quiet')?.trim() === 'true';
  const results: Element[] = [];
  const errors: Element[] = [];
  for (const object of objects) {
    const objectKey = object.text('Key');
    if (objectKey === undefined || objectKey === '') throw malformed();
    const versionId = object.text('VersionId');
    try {
      checkDelete(object.text('ETag')?.trim(), bucket.versions.find(objectKey));
    } catch (error) {
      errors.push(['Error', errorElement(objectKey, versionId, error)]);
      continue;
    }
    const result = await remove(call, bucket, objectKey, versionId);
    results.push(['Deleted', deletedElement(objectKey, versionId, result)]);
  }
  return { body: documentOf('DeleteResult', quiet ? errors : [...results, ...errors]) };
}

function errorElement(
  objectKey: string,
  versionId: string | undefined,
  error: unknown,
): (Element | undefined)[] {
  if (!(error instanceof S3Error)) throw error;
  return [
    ['Key', objectKey],
    versionId === undefined ? undefined : ['VersionId', versionId],
    ['Code', error.code],
    ['Message', error.message],
  ];
}

function deletedElement(
  objectKey: string,
  versionId: string | undefined,
  { marker }: Deleted,
): (Element | undefined)[] {
  return [
    ['Key', objectKey],
    versionId === undefined ? undefined : ['VersionId', versionId],
    marker === undefined ? undefined : ['DeleteMarker', true],
    marker === undefined ? undefined : ['DeleteMarkerVersionId', marker],
  ];
}

/** Without a version id a bucket with versions gets a delete marker; with one, that version is removed for good. */
async function remove(
  call: Call,
  bucket: Bucket,
  objectKey: string,
  versionId: string | undefined,
): Promise<Deleted> {
  if (versionId !== undefined || bucket.versioning === 'Unversioned') {
    const removed = bucket.versions.remove(objectKey, versionId ?? 'null');
    if (removed) await removeFiles(call.data, removed);
    return { versionId, marker: removed?.kind === 'marker' ? removed.versionId : undefined };
  }
  const marker: Version = { kind: 'marker', objectKey, versionId: newVersionId(bucket), modified: call.now };
  const replaced = bucket.versions.add(marker);
  if (replaced) await removeFiles(call.data, replaced);
  return { versionId: undefined, marker: marker.versionId };
}

/** S3 refuses a DeleteObjects without a digest of its body. */
function requireDigest(call: Call): void {
  const names = Object.keys(call.headers);
  if (headerOf(call, 'content-md5') || names.some((name) => /^x-amz-checksum-(?!algorithm)/.test(name)))
    return;
  throw new S3Error('InvalidRequest', 'Missing required header for this request: Content-MD5');
}
