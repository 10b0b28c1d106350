import { S3Error } from '../../s3/errors.ts';
import { checksumHeaders, readAttributes } from '../attributes.ts';
import { type Received, receiveBody } from '../body.ts';
import { type Answer, bucketName, type Call, headerOf, integerOf, objectKeyOf } from '../call.ts';
import { parseCopyRange } from '../range.ts';
import { type CustomerKey, echo, echoManaged, unlockUpload } from '../ssec.ts';
import { sealWith } from '../store/cipher.ts';
import type { Part, Upload } from '../store/model.ts';
import { uploadChecksum } from '../upload-checksum.ts';
import { documentOf } from '../xml.ts';
import { copyResult, sourceVersionHeader } from './copy.ts';
import { allowedKey, managedOf } from './encryption.ts';
import { copyBody, copySource } from './source.ts';

export function createMultipartUpload(call: Call): Answer {
  const bucket = call.buckets.get(bucketName(call));
  const objectKey = objectKeyOf(call);
  const key = allowedKey(call);
  const managed = managedOf(call, key);
  const checksum = uploadChecksum(call);
  const upload: Upload = {
    uploadId: call.rules.newUploadId(),
    objectKey,
    initiated: call.now,
    seal: key && sealWith(key.ssecKey),
    managed,
    checksum,
    parts: new Map(),
    ...readAttributes(call),
  };
  bucket.uploads.set(upload.uploadId, upload);
  const headers = checksum && {
    'x-amz-checksum-algorithm': checksum.algorithm,
    'x-amz-checksum-type': checksum.type,
  };
  return {
    headers: { ...echo(key), ...echoManaged(managed), ...headers },
    body: documentOf('InitiateMultipartUploadResult', [
      ['Bucket', bucket.name],
      ['Key', objectKey],
      ['UploadId', upload.uploadId],
    ]),
  };
}

export async function uploadPart(call: Call): Promise<Answer> {
  const upload = uploadOf(call);
  const number = partNumber(call);
  const key = partKey(call, upload);
  const received = await receiveBody(call, key?.ssecKey, upload.checksum);
  const part = await keepPart(call, upload, number, received);
  return { headers: { ETag: `"${part.etag}"`, ...echo(key), ...partChecksumHeader(part) } };
}

export async function uploadPartCopy(call: Call): Promise<Answer> {
  const upload = uploadOf(call);
  const number = partNumber(call);
  const key = partKey(call, upload);
  const source = copySource(call);
  const span = parseCopyRange(headerOf(call, 'x-amz-copy-source-range'), source.version.size);
  const received = await copyBody(call, source, span, {
    ssecKey: key?.ssecKey,
    algorithm: upload.checksum?.algorithm,
  });
  const part = await keepPart(call, upload, number, received);
  return {
    headers: { ...echo(key), ...sourceVersionHeader(source) },
    body: documentOf('CopyPartResult', copyResult(part.etag, part.modified, part.checksum)),
  };
}

export async function abortMultipartUpload(call: Call): Promise<Answer> {
  const upload = uploadOf(call);
  call.buckets.get(bucketName(call)).uploads.delete(upload.uploadId);
  await call.data.remove([...upload.parts.values()].map((part) => part.file.id));
  return { status: 204 };
}

/** The upload that the query names, for this object key. @throws S3Error NoSuchUpload */
export function uploadOf(call: Call): Upload {
  const bucket = call.buckets.get(bucketName(call));
  const uploadId = call.target.query.get('uploadId') ?? '';
  const upload = bucket.uploads.get(uploadId);
  if (upload && upload.objectKey === objectKeyOf(call)) return upload;
  throw noSuchUpload(uploadId);
}

export function noSuchUpload(uploadId: string): S3Error {
  return new S3Error(
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    { fields: { UploadId: uploadId } },
  );
}

/** A part may be sent again: the later one counts. An upload that ended meanwhile accepts no more parts. */
async function keepPart(
  call: Call,
  upload: Upload,
  number: number,
  { staged, etag, checksum }: Received,
): Promise<Part> {
  if (call.buckets.get(bucketName(call)).uploads.get(upload.uploadId) !== upload) {
    await staged.discard();
    throw noSuchUpload(upload.uploadId);
  }
  await staged.commit();
  const part: Part = { number, etag, modified: call.now, file: staged.file, checksum };
  const replaced = upload.parts.get(number);
  upload.parts.set(number, part);
  if (replaced) await call.data.remove([replaced.file.id]);
  return part;
}

function partKey(call: Call, upload: Upload): CustomerKey | undefined {
  const key = allowedKey(call);
  unlockUpload(upload, key, call.rules);
  return key;
}

function partNumber(call: Call): number {
  try {
    return integerOf(call, 'partNumber', { least: 1, most: 10_000, fallback: 0 });
  } catch (cause) {
    throw new S3Error('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive', {
      cause,
      fields: { ArgumentName: 'partNumber' },
    });
  }
}

function partChecksumHeader(part: Part): Record<string, string> {
  const { 'x-amz-checksum-type': _type, ...headers } = checksumHeaders(part.checksum);
  return headers;
}
