import { randomBytes } from 'node:crypto';
import { checksumHeaders, readAttributes } from '../attributes.ts';
import { receiveBody } from '../body.ts';
import { type Answer, bucketName, type Call, objectKeyOf } from '../call.ts';
import { checkWrite } from '../conditions.ts';
import { type CustomerKey, echo } from '../ssec.ts';
import { sealWith } from '../store/cipher.ts';
import { commitVersion } from '../store/commit.ts';
import type { ObjectVersion } from '../store/model.ts';
import { allowedKey } from './encryption.ts';

export async function putObject(call: Call): Promise<Answer> {
  const bucket = call.buckets.get(bucketName(call));
  const objectKey = objectKeyOf(call);
  const key = allowedKey(call);
  const attributes = readAttributes(call);
  checkWrite(call, bucket.versions.find(objectKey));
  const { staged, md5, checksum } = await receiveBody(call, key?.ssecKey);
  await staged.commit();
  const version = await commitVersion(
    call.data,
    bucket,
    {
      objectKey,
      modified: call.now,
      etag: etagOf(md5, key),
      size: staged.file.size,
      files: [staged.file],
      multipart: false,
      checksum,
      seal: key && sealWith(key.ssecKey),
      ...attributes,
    },
    (current) => checkWrite(call, current),
  );
  return {
    headers: {
      ETag: `"${version.etag}"`,
      ...echo(key),
      ...checksumHeaders(checksum),
      ...versionHeader(version),
    },
  };
}

/** As on AWS: the MD5 of a plain body; for SSE-C, 32 other hex digits, which differ with every write. */
export function etagOf(md5: string, key: CustomerKey | undefined): string {
  return key === undefined ? md5 : randomBytes(16).toString('hex');
}

export function versionHeader(version: ObjectVersion): Record<string, string> {
  return version.versionId === 'null' ? {} : { 'x-amz-version-id': version.versionId };
}
