import { type Answer, bucketName, type Call, integerOf } from '../call.ts';
import { cutPage, encoderOf, MAX_ENTRIES, wantedOf } from '../page.ts';
import { readKey, unlockIfGiven } from '../ssec.ts';
import type { Part, Upload } from '../store/model.ts';
import { compareBytes } from '../store/versions.ts';
import { documentOf, type Element } from '../xml.ts';
import { commonPrefixes, encodingElement, ownerElement } from './list-objects.ts';
import { uploadOf } from './multipart.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html */
export function listMultipartUploads(call: Call): Answer {
  const bucket = call.buckets.get(bucketName(call));
  const { query } = call.target;
  const encode = encoderOf(call);
  const wanted = wantedOf(call, 'max-uploads');
  const keyMarker = query.get('key-marker') ?? '';
  const idMarker = query.get('upload-id-marker') ?? '';
  const sorted = [...bucket.uploads.values()].toSorted(byKeyThenId);
  const page = cutPage(sorted, wanted, passed(keyMarker, idMarker), keyMarker);
  return {
    body: documentOf('ListMultipartUploadsResult', [
      ['Bucket', bucket.name],
      ['KeyMarker', encode(keyMarker)],
      ['UploadIdMarker', idMarker],
      ...nextElements(page.last, encode),
      ['Prefix', encode(wanted.prefix)],
      wanted.delimiter === '' ? undefined : ['Delimiter', encode(wanted.delimiter)],
      ['MaxUploads', wanted.limit],
      encodingElement(call),
      ['IsTruncated', page.last !== undefined],
      ...page.items.map((upload) => uploadElement(call, upload, encode)),
      ...commonPrefixes(page.groups, encode),
    ]),
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html */
export function listParts(call: Call): Answer {
  const upload = uploadOf(call);
  unlockIfGiven(upload, readKey(call.headers, call.secure), call.rules);
  const most = 2 ** 31 - 1;
  const limit = Math.min(
    integerOf(call, 'max-parts', { least: 0, most, fallback: MAX_ENTRIES }),
    MAX_ENTRIES,
  );
  const marker = integerOf(call, 'part-number-marker', { least: 0, most, fallback: 0 });
  const rest = [...upload.parts.values()]
    .filter(({ number }) => number > marker)
    .toSorted((a, b) => a.number - b.number);
  const shown = rest.slice(0, limit);
  const last = shown.at(-1);
  return {
    body: documentOf('ListPartsResult', [
      ['Bucket', bucketName(call)],
      ['Key', encoderOf(call)(upload.objectKey)],
      ['UploadId', upload.uploadId],
      ownerElement('Initiator', call),
      ownerElement('Owner', call),
      ['StorageClass', upload.headers['x-amz-storage-class'] ?? 'STANDARD'],
      ['PartNumberMarker', marker],
      ['NextPartNumberMarker', last?.number ?? 0],
      ['MaxParts', limit],
      ['IsTruncated', rest.length > shown.length && limit > 0],
      upload.checksum && ['ChecksumAlgorithm', upload.checksum.algorithm],
      upload.checksum && ['ChecksumType', upload.checksum.type],
      ...shown.map(partElement),
    ]),
  };
}

function partElement({ number, modified, etag, file, checksum }: Part): Element {
  return [
    'Part',
    [
      ['PartNumber', number],
      ['LastModified', modified.toISOString()],
      ['ETag', `"${etag}"`],
      ['Size', file.size],
      checksum && [`Checksum${checksum.algorithm}`, checksum.value],
    ],
  ];
}

function uploadElement(call: Call, upload: Upload, encode: (name: string) => string): Element {
  return [
    'Upload',
    [
      ['Key', encode(upload.objectKey)],
      ['UploadId', upload.uploadId],
      ownerElement('Initiator', call),
      ownerElement('Owner', call),
      ['StorageClass', upload.headers['x-amz-storage-class'] ?? 'STANDARD'],
      ['Initiated', upload.initiated.toISOString()],
    ],
  ];
}

function nextElements(
  last: ReturnType<typeof cutPage<Upload>>['last'],
  encode: (name: string) => string,
): Element[] {
  if (last === undefined) return [];
  if ('group' in last) return [['NextKeyMarker', encode(last.group)]];
  return [
    ['NextKeyMarker', encode(last.item.objectKey)],
    ['NextUploadIdMarker', last.item.uploadId],
  ];
}

/** Uploads of one object key are sorted by id, an order that is the same on every page. */
function byKeyThenId(a: Upload, b: Upload): number {
  return compareBytes(a.objectKey, b.objectKey) || compareBytes(a.uploadId, b.uploadId);
}

function passed(keyMarker: string, idMarker: string): (upload: Upload) => boolean {
  return ({ objectKey, uploadId }) => {
    if (keyMarker === '') return false;
    const order = compareBytes(objectKey, keyMarker);
    return order < 0 || (order === 0 && (idMarker === '' || compareBytes(uploadId, idMarker) <= 0));
  };
}
