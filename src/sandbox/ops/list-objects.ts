import { S3Error } from '../../s3/errors.ts';
import { type Answer, bucketName, type Call } from '../call.ts';
import { cutPage, encoderOf, type Page, wantedOf } from '../page.ts';
import type { ObjectVersion } from '../store/model.ts';
import { compareBytes } from '../store/versions.ts';
import { documentOf, type Element } from '../xml.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html */
export function listObjects(call: Call): Answer {
  const bucket = call.buckets.get(bucketName(call));
  const encode = encoderOf(call);
  const wanted = wantedOf(call, 'max-keys');
  const marker = call.target.query.get('marker') ?? '';
  const page = cutPage(bucket.versions.current(), wanted, after(marker), marker);
  const next = nextOf(page);
  return {
    body: documentOf('ListBucketResult', [
      ['Name', bucket.name],
      ['Prefix', encode(wanted.prefix)],
      ['Marker', encode(marker)],
      // Without a delimiter clients continue from the last object key, and S3 omits the element.
      next !== undefined && wanted.delimiter !== '' ? ['NextMarker', encode(next)] : undefined,
      ['MaxKeys', wanted.limit],
      wanted.delimiter === '' ? undefined : ['Delimiter', encode(wanted.delimiter)],
      encodingElement(call),
      ['IsTruncated', next !== undefined],
      ...page.items.map((version) => contents(call, version, encode, true)),
      ...commonPrefixes(page.groups, encode),
    ]),
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export function listObjectsV2(call: Call): Answer {
  const bucket = call.buckets.get(bucketName(call));
  const { query } = call.target;
  const encode = encoderOf(call);
  const wanted = wantedOf(call, 'max-keys');
  const token = query.get('continuation-token');
  const startAfter = query.get('start-after');
  const from = token === undefined ? (startAfter ?? '') : readToken(token);
  const page = cutPage(
    bucket.versions.current(),
    wanted,
    after(from),
    token === undefined ? undefined : from,
  );
  const next = nextOf(page);
  const withOwner = query.get('fetch-owner') === 'true';
  return {
    body: documentOf('ListBucketResult', [
      ['Name', bucket.name],
      ['Prefix', encode(wanted.prefix)],
      token === undefined ? undefined : ['ContinuationToken', token],
      next === undefined ? undefined : ['NextContinuationToken', writeToken(next)],
      startAfter === undefined ? undefined : ['StartAfter', encode(startAfter)],
      ['KeyCount', page.items.length + page.groups.length],
      ['MaxKeys', wanted.limit],
      wanted.delimiter === '' ? undefined : ['Delimiter', encode(wanted.delimiter)],
      encodingElement(call),
      ['IsTruncated', next !== undefined],
      ...page.items.map((version) => contents(call, version, encode, withOwner)),
      ...commonPrefixes(page.groups, encode),
    ]),
  };
}

export function commonPrefixes(groups: readonly string[], encode: (name: string) => string): Element[] {
  return groups.map((group) => ['CommonPrefixes', [['Prefix', encode(group)]]]);
}

export function encodingElement(call: Call): Element | undefined {
  return call.target.query.get('encoding-type') === 'url' ? ['EncodingType', 'url'] : undefined;
}

export function ownerElement(name: string, call: Call): Element {
  return [
    name,
    [
      ['ID', call.owner],
      ['DisplayName', 'sandbox'],
    ],
  ];
}

function contents(
  call: Call,
  version: ObjectVersion,
  encode: (name: string) => string,
  withOwner: boolean,
): Element {
  return [
    'Contents',
    [
      ['Key', encode(version.objectKey)],
      ['LastModified', version.modified.toISOString()],
      ['ETag', `"${version.etag}"`],
      version.checksum && ['ChecksumAlgorithm', version.checksum.algorithm],
      version.checksum && ['ChecksumType', version.checksum.type],
      ['Size', version.size],
      withOwner ? ownerElement('Owner', call) : undefined,
      ['StorageClass', version.headers['x-amz-storage-class'] ?? 'STANDARD'],
      // Of OBS alone: https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0022.html
      version.appends === undefined ? undefined : ['Type', 'Appendable'],
    ],
  ];
}

function after(marker: string): (version: ObjectVersion) => boolean {
  return ({ objectKey }) => marker !== '' && compareBytes(objectKey, marker) <= 0;
}

function nextOf({ last }: Page<ObjectVersion>): string | undefined {
  if (last === undefined) return undefined;
  return 'group' in last ? last.group : last.item.objectKey;
}

function writeToken(next: string): string {
  return Buffer.from(next).toString('base64');
}

function readToken(token: string): string {
  const bytes = Buffer.from(token, 'base64');
  if (bytes.length > 0 && bytes.toString('base64') === token) return bytes.toString();
  throw new S3Error('InvalidArgument', 'The continuation token provided is incorrect', {
    fields: { ArgumentName: 'continuation-token' },
  });
}
