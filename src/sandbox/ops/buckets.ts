import { readDocument } from '../../s3/document.ts';
import { S3Error } from '../../s3/errors.ts';
import { malformed } from '../../s3/tags.ts';
import { s3Element, XML_DECLARATION } from '../../s3/xml.ts';
import { receiveDocument } from '../body.ts';
import { type Answer, bucketName, type Call } from '../call.ts';
import { documentOf, type Element } from '../xml.ts';
import { findObject } from './find.ts';
import { ownerElement } from './list-objects.ts';

export function listBuckets(call: Call): Answer {
  const buckets: Element[] = call.buckets.list().map((bucket) => [
    'Bucket',
    [
      ['Name', bucket.name],
      ['CreationDate', bucket.created.toISOString()],
    ],
  ]);
  return {
    body: documentOf('ListAllMyBucketsResult', [ownerElement('Owner', call), ['Buckets', buckets]]),
  };
}

export async function createBucket(call: Call): Promise<Answer> {
  const name = bucketName(call);
  const xml = await receiveDocument(call);
  const constraint =
    xml === ''
      ? undefined
      : readDocument(xml, 'CreateBucketConfiguration').text('LocationConstraint')?.trim();
  if (constraint !== undefined && constraint !== '' && constraint !== call.region) {
    throw new S3Error(
      'IllegalLocationConstraintException',
      `The ${constraint} location constraint is incompatible for the region specific endpoint this request was sent to.`,
    );
  }
  call.buckets.create(name, call.now);
  return { headers: { Location: `/${name}` } };
}

export async function deleteBucket(call: Call): Promise<Answer> {
  const name = bucketName(call);
  const { uploads } = call.buckets.get(name);
  call.buckets.delete(name);
  const parts = [...uploads.values()].flatMap((upload) => [...upload.parts.values()]);
  await call.data.remove(parts.map((part) => part.file.id));
  return { status: 204 };
}

export function headBucket(call: Call): Answer {
  call.buckets.get(bucketName(call));
  return { headers: { 'x-amz-bucket-region': call.region } };
}

/** For us-east-1 the element is empty: it is the region without a constraint. */
export function getBucketLocation(call: Call): Answer {
  call.buckets.get(bucketName(call));
  return { body: documentOf('LocationConstraint', call.region === 'us-east-1' ? '' : call.region) };
}

export function getBucketVersioning(call: Call): Answer {
  const { versioning } = call.buckets.get(bucketName(call));
  return {
    body: documentOf('VersioningConfiguration', versioning === 'Unversioned' ? [] : [['Status', versioning]]),
  };
}

export async function putBucketVersioning(call: Call): Promise<Answer> {
  const bucket = call.buckets.get(bucketName(call));
  const status = readDocument(await receiveDocument(call), 'VersioningConfiguration')
    .text('Status')
    ?.trim();
  if (status !== 'Enabled' && status !== 'Suspended') throw malformed();
  bucket.versioning = status;
  return {};
}

export function getBucketAcl(call: Call): Answer {
  call.buckets.get(bucketName(call));
  return privateAcl(call);
}

export function getObjectAcl(call: Call): Answer {
  const bucket = call.buckets.get(bucketName(call));
  if (call.target.shape === 'object') {
    findObject(bucket, call.target.objectKey, call.target.query.get('versionId'));
  }
  return privateAcl(call);
}

/** Everything belongs to one owner and nobody else may touch it. */
function privateAcl(call: Call): Answer {
  const owner = `<Owner><ID>${call.owner}</ID><DisplayName>sandbox</DisplayName></Owner>`;
  const grantee =
    '<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser">' +
    `<ID>${call.owner}</ID><DisplayName>sandbox</DisplayName></Grantee>`;
  const list = `<AccessControlList><Grant>${grantee}<Permission>FULL_CONTROL</Permission></Grant></AccessControlList>`;
  return { body: `${XML_DECLARATION}${s3Element('AccessControlPolicy', `${owner}${list}`)}` };
}
