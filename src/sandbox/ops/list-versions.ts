import { S3Error } from '../../s3/errors.ts';
import { type Answer, bucketName, type Call } from '../call.ts';
import { cutPage, encoderOf, type Page, wantedOf } from '../page.ts';
import type { Bucket } from '../store/buckets.ts';
import type { Version } from '../store/model.ts';
import { compareBytes } from '../store/versions.ts';
import { documentOf, type Element } from '../xml.ts';
import { commonPrefixes, encodingElement, ownerElement } from './list-objects.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html */
export function listObjectVersions(call: Call): Answer {
  const bucket = call.buckets.get(bucketName(call));
  const encode = encoderOf(call);
  const wanted = wantedOf(call, 'max-keys');
  const keyMarker = call.target.query.get('key-marker') ?? '';
  const versionMarker = call.target.query.get('version-id-marker') ?? '';
  if (versionMarker !== '' && keyMarker === '') {
    throw new S3Error('InvalidArgument', 'A version-id marker cannot be specified without a key marker.', {
      fields: { ArgumentName: 'version-id-marker', ArgumentValue: versionMarker },
    });
  }
  const page = cutPage(bucket.versions.all(), wanted, passed(bucket, keyMarker, versionMarker), keyMarker);
  return {
    body: documentOf('ListVersionsResult', [
      ['Name', bucket.name],
      ['Prefix', encode(wanted.prefix)],
      ['KeyMarker', encode(keyMarker)],
      ['VersionIdMarker', versionMarker],
      ...nextElements(page, encode),
      ['MaxKeys', wanted.limit],
      wanted.delimiter === '' ? undefined : ['Delimiter', encode(wanted.delimiter)],
      encodingElement(call),
      ['IsTruncated', page.last !== undefined],
      ...page.items.map((version) => versionElement(call, bucket, version, encode)),
      ...commonPrefixes(page.groups, encode),
    ]),
  };
}

/**
 * Skips the items up to and including the markers. Versions of the marked object key are skipped up to the marked one; none
 * of them if that one was deleted meanwhile, as by clients that empty a bucket page by page.
 */
function passed(bucket: Bucket, keyMarker: string, versionMarker: string): (version: Version) => boolean {
  let reached = versionMarker !== '' && !bucket.versions.find(keyMarker, versionMarker);
  return ({ objectKey, versionId }) => {
    if (keyMarker === '') return false;
    const order = compareBytes(objectKey, keyMarker);
    if (order !== 0) return order < 0;
    if (versionMarker === '' || !reached) {
      reached ||= versionId === versionMarker;
      return true;
    }
    return false;
  };
}

function nextElements({ last }: Page<Version>, encode: (name: string) => string): Element[] {
  if (last === undefined) return [];
  if ('group' in last) return [['NextKeyMarker', encode(last.group)]];
  return [
    ['NextKeyMarker', encode(last.item.objectKey)],
    ['NextVersionIdMarker', last.item.versionId],
  ];
}

function versionElement(
  call: Call,
  bucket: Bucket,
  version: Version,
  encode: (name: string) => string,
): Element {
  const common: Element[] = [
    ['Key', encode(version.objectKey)],
    ['VersionId', version.versionId],
    ['IsLatest', bucket.versions.find(version.objectKey) === version],
    ['LastModified', version.modified.toISOString()],
  ];
  if (version.kind === 'marker') return ['DeleteMarker', [...common, ownerElement('Owner', call)]];
  return [
    'Version',
    [
      ...common,
      ['ETag', `"${version.etag}"`],
      ['Size', version.size],
      ownerElement('Owner', call),
      ['StorageClass', version.headers['x-amz-storage-class'] ?? 'STANDARD'],
    ],
  ];
}
