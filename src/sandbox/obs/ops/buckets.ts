import { readDocument } from '../../../s3/document.ts';
import { S3Error } from '../../../s3/errors.ts';
import { malformed } from '../../../s3/tags.ts';
import { receiveDocument } from '../../body.ts';
import { type Answer, bucketName, type Call, headerOf } from '../../call.ts';
import * as s3 from '../../ops/buckets.ts';
import { documentOf, type Element } from '../../xml.ts';
import { reversed, STORAGE_CLASSES } from '../values.ts';

/** https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0020.html */
export function listBuckets(call: Call): Answer {
  const type = headerOf(call, 'x-obs-bucket-type');
  if (type !== undefined && type !== 'OBJECT' && type !== 'POSIX')
    throw new S3Error('InvalidArgument', 'x-obs-bucket-type is OBJECT or POSIX.');
  const listed = type === 'POSIX' ? [] : call.buckets.list();
  const buckets: Element[] = listed.map((bucket) => [
    'Bucket',
    [
      ['Name', bucket.name],
      ['CreationDate', bucket.created.toISOString()],
      ['Location', call.region],
      ['BucketType', 'OBJECT'],
    ],
  ]);
  return {
    body: documentOf('ListAllMyBucketsResult', [
      ['Owner', [['ID', call.owner]]],
      ['Buckets', buckets],
    ]),
  };
}

/** `Location` in OBS's dialect, `LocationConstraint` in S3's: https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0021.html */
export async function createBucket(call: Call): Promise<Answer> {
  const name = bucketName(call);
  const xml = await receiveDocument(call);
  const element = call.dialect === 'obs' ? 'Location' : 'LocationConstraint';
  const location =
    xml === '' ? call.region : readDocument(xml, 'CreateBucketConfiguration').text(element)?.trim();
  if (location === undefined) throw malformed();
  if (location !== call.region)
    throw new S3Error('IllegalLocationConstraintException', `The region of this endpoint is ${call.region}.`);
  if (headerOf(call, 'x-obs-bucket-type') === 'POSIX')
    throw new S3Error('NotImplemented', 'The sandbox has no parallel file systems.');
  call.buckets.create(name, call.now);
  const storageClass = headerOf(call, 'x-amz-storage-class') ?? headerOf(call, 'x-default-storage-class');
  if (storageClass !== undefined) call.buckets.get(name).settings.set('storageclass', storageClass);
  return { headers: { Location: `/${name}` } };
}

/** https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0023.html */
export function headBucket(call: Call): Answer {
  const { settings } = call.buckets.get(bucketName(call));
  const storageClass = settings.get('storageclass') ?? 'STANDARD';
  return {
    headers: {
      ...s3.headBucket(call).headers,
      [call.dialect === 'obs' ? 'x-amz-storage-class' : 'x-default-storage-class']: storageClass,
      'x-obs-version': '3.0',
    },
  };
}

/** https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0024.html */
export function getBucketLocation(call: Call): Answer {
  call.buckets.get(bucketName(call));
  return { body: documentOf(call.dialect === 'obs' ? 'Location' : 'LocationConstraint', call.region) };
}

/** S3's word → the word of the dialect. */
export function classIn(call: Call, storageClass: string): string {
  return call.dialect === 'obs'
    ? (reversed(STORAGE_CLASSES).get(storageClass) ?? storageClass)
    : storageClass;
}
