import { checksumHeaders, readAttributes } from '../attributes.ts';
import { receiveBody } from '../body.ts';
import { type Answer, bucketName, type Call, objectKeyOf } from '../call.ts';
import { checkWrite } from '../conditions.ts';
import { echo, echoManaged } from '../ssec.ts';
import { sealWith } from '../store/cipher.ts';
import { commitVersion } from '../store/commit.ts';
import type { ObjectVersion } from '../store/model.ts';
import { allowedKey, managedOf } from './encryption.ts';

export async function putObject(call: Call): Promise<Answer> {
  const bucket = call.buckets.get(bucketName(call));
  const objectKey = objectKeyOf(call);
  const key = allowedKey(call);
  const managed = managedOf(call, key);
  const attributes = readAttributes(call);
  checkWrite(call, bucket.versions.find(objectKey));
  const { staged, etag, checksum } = await receiveBody(call, key?.ssecKey);
  await staged.commit();
  const version = await commitVersion(
    call.data,
    bucket,
    {
      objectKey,
      modified: call.now,
      etag,
      size: staged.file.size,
      files: [staged.file],
      multipart: false,
      checksum,
      seal: key && sealWith(key.ssecKey),
      managed,
      ...attributes,
    },
    (current) => checkWrite(call, current),
  );
  return {
    headers: {
      ETag: `"${version.etag}"`,
      ...echo(key),
      ...echoManaged(managed),
      ...checksumHeaders(checksum),
      ...versionHeader(version),
    },
  };
}

export function versionHeader(version: ObjectVersion): Record<string, string> {
  return version.versionId === 'null' ? {} : { 'x-amz-version-id': version.versionId };
}
