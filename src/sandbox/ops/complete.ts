import { createHash } from 'node:crypto';
import { CHECKSUMS } from '../../s3/checksums.ts';
import { type DocumentElement, readDocument } from '../../s3/document.ts';
import { S3Error } from '../../s3/errors.ts';
import { malformed } from '../../s3/tags.ts';
import { receiveDocument } from '../body.ts';
import { type Answer, bucketName, type Call, objectKeyOf } from '../call.ts';
import { checkWrite } from '../conditions.ts';
import { checksumHeader, checksumKind } from '../integrity.ts';
import { type CustomerKey, readKey, unlockIfGiven } from '../ssec.ts';
import { commitVersion } from '../store/commit.ts';
import type { Checksum, Part, Upload } from '../store/model.ts';
import { requireSameType } from '../upload-checksum.ts';
import { documentOf } from '../xml.ts';
import { noSuchUpload, uploadOf } from './multipart.ts';
import { versionHeader } from './write.ts';

export async function completeMultipartUpload(call: Call): Promise<Answer> {
  const bucket = call.buckets.get(bucketName(call));
  const objectKey = objectKeyOf(call);
  const upload = uploadOf(call);
  const key = readKey(call.headers, call.secure);
  unlockIfGiven(upload, key, call.rules);
  requireSameType(call, upload.checksum);
  const document = readDocument(await receiveDocument(call, 'object'), 'CompleteMultipartUpload');
  const parts = chosenParts(upload, document);
  checkSizes(parts, call.rules.minPart);
  checkWrite(call, bucket.versions.find(objectKey));
  const checksum = await objectChecksum(call, upload, parts, key);
  // The upload is removed here, so of two completions at once one finds no upload.
  if (!bucket.uploads.delete(upload.uploadId)) throw noSuchUpload(upload.uploadId);
  const version = await commitVersion(
    call.data,
    bucket,
    {
      objectKey,
      modified: call.now,
      etag: multipartEtag(parts),
      size: parts.reduce((sum, part) => sum + part.file.size, 0),
      files: parts.map((part) => part.file),
      multipart: true,
      checksum,
      seal: upload.seal,
      managed: upload.managed,
      headers: upload.headers,
      tags: upload.tags,
    },
    (current) => checkWrite(call, current),
  );
  const unused = [...upload.parts.values()].filter((part) => !parts.includes(part));
  await call.data.remove(unused.map((part) => part.file.id));
  return {
    headers: versionHeader(version),
    body: documentOf('CompleteMultipartUploadResult', [
      ['Location', `https://${call.headers.host ?? ''}/${bucket.name}/${encodeURIComponent(objectKey)}`],
      ['Bucket', bucket.name],
      ['Key', objectKey],
      ['ETag', `"${version.etag}"`],
      checksum && [`Checksum${checksum.algorithm}`, checksum.value],
      checksum && ['ChecksumType', checksum.type],
    ]),
  };
}

function chosenParts(upload: Upload, document: DocumentElement): Part[] {
  const listed = document.all('Part');
  if (listed.length === 0) throw malformed();
  let previous = 0;
  return listed.map((element) => {
    const number = Number(element.text('PartNumber') ?? Number.NaN);
    const etag = element
      .text('ETag')
      ?.trim()
      .replace(/^"(.*)"$/, '$1');
    if (!Number.isInteger(number) || etag === undefined) throw malformed();
    if (number <= previous) {
      throw new S3Error(
        'InvalidPartOrder',
        'The list of parts was not in ascending order. Parts must be ordered by part number.',
        { fields: { UploadId: upload.uploadId } },
      );
    }
    previous = number;
    const part = upload.parts.get(number);
    if (part === undefined || part.etag !== etag) throw invalidPart(upload, number, etag);
    checkPartChecksum(upload, part, element);
    return part;
  });
}

/** An upload with composite checksums needs the checksum of every part again; a part without one has none to name. */
function checkPartChecksum(upload: Upload, part: Part, element: DocumentElement): void {
  const said = Object.keys(CHECKSUMS).filter((name) => element.text(`Checksum${name}`) !== undefined);
  const algorithm = upload.checksum?.algorithm ?? part.checksum?.algorithm;
  if (said.some((name) => name !== algorithm)) throw invalidPart(upload, part.number, part.etag);
  if (algorithm === undefined) return;
  const value = element.text(`Checksum${algorithm}`)?.trim();
  if (value === undefined && upload.checksum?.type === 'COMPOSITE') {
    throw new S3Error(
      'InvalidRequest',
      `The upload was created using a ${algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${part.number} in the request.`,
    );
  }
  if (value !== undefined && value !== part.checksum?.value)
    throw invalidPart(upload, part.number, part.etag);
}

function invalidPart(upload: Upload, number: number, etag: string): S3Error {
  return new S3Error(
    'InvalidPart',
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
    { fields: { UploadId: upload.uploadId, PartNumber: String(number), ETag: etag } },
  );
}

function checkSizes(parts: readonly Part[], minPart: number): void {
  const small = parts.slice(0, -1).find((part) => part.file.size < minPart);
  if (small === undefined) return;
  throw new S3Error('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', {
    fields: {
      ProposedSize: String(small.file.size),
      MinSizeAllowed: String(minPart),
      PartNumber: String(small.number),
      ETag: small.etag,
    },
  });
}

/** MD5 of the binary part ETags, a dash, the number of parts. */
function multipartEtag(parts: readonly Part[]): string {
  const md5 = createHash('md5');
  for (const part of parts) md5.update(Buffer.from(part.etag, 'hex'));
  return `${md5.digest('hex')}-${parts.length}`;
}

async function objectChecksum(
  call: Call,
  upload: Upload,
  parts: readonly Part[],
  key: CustomerKey | undefined,
): Promise<Checksum | undefined> {
  if (upload.checksum === undefined) return undefined;
  const { algorithm, type } = upload.checksum;
  // The checksum of the whole is taken from the plaintext, so an encrypted upload can't have one without the key.
  if (type === 'FULL_OBJECT' && upload.seal !== undefined && key === undefined) return undefined;
  const digest = await checksumKind(algorithm).make();
  if (type === 'COMPOSITE') {
    for (const part of parts) digest.update(Buffer.from(part.checksum?.value ?? '', 'base64'));
  } else {
    const files = parts.map((part) => part.file);
    const body = call.data.read(files, key?.ssecKey, 0, Number.POSITIVE_INFINITY);
    for await (const chunk of body as AsyncIterable<Buffer>) digest.update(chunk);
  }
  const value = digest.digest().toString('base64');
  const given = checksumHeader(call);
  if (given?.algorithm === algorithm && given.value.replace(/-\d+$/, '') !== value) {
    throw new S3Error(
      'BadDigest',
      `The ${algorithm.toLowerCase()} you specified did not match the calculated checksum.`,
    );
  }
  return { algorithm, type, value: type === 'COMPOSITE' ? `${value}-${parts.length}` : value };
}
