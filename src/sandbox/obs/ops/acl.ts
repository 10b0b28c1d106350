import { readDocument } from '../../../s3/document.ts';
import { S3Error } from '../../../s3/errors.ts';
import { receiveDocument } from '../../body.ts';
import { type Answer, bucketName, type Call, headerOf } from '../../call.ts';
import * as s3 from '../../ops/buckets.ts';
import { findObject } from '../../ops/find.ts';
import { documentOf, type Element } from '../../xml.ts';

/** Owner and grantee have no names in OBS's dialect: https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0086.html */
export function getAcl(call: Call): Answer {
  requireThere(call);
  if (call.dialect === 's3') return s3.getBucketAcl(call);
  const owner: Element[] = [['ID', call.owner]];
  const grant: Element[] = [
    ['Grantee', owner],
    ['Permission', 'FULL_CONTROL'],
  ];
  return {
    body: documentOf('AccessControlPolicy', [
      ['Owner', owner],
      ['AccessControlList', [['Grant', grant]]],
    ]),
  };
}

/** The one that everything has. Another would promise what nobody here keeps. */
export async function putAcl(call: Call): Promise<Answer> {
  requireThere(call);
  const canned = headerOf(call, 'x-amz-acl');
  const xml = await receiveDocument(call);
  if (canned === undefined ? isOwners(call, xml) : canned === 'private' && xml === '') return {};
  throw new S3Error('NotImplemented', 'In the sandbox all is private to its one owner.');
}

function isOwners(call: Call, xml: string): boolean {
  const grants = readDocument(xml, 'AccessControlPolicy').all('AccessControlList')[0]?.all('Grant') ?? [];
  return grants.every(
    (grant) =>
      grant.all('Grantee')[0]?.text('ID')?.trim() === call.owner &&
      grant.text('Permission')?.trim() === 'FULL_CONTROL',
  );
}

function requireThere(call: Call): void {
  const bucket = call.buckets.get(bucketName(call));
  if (call.target.shape === 'object')
    findObject(bucket, call.target.objectKey, call.target.query.get('versionId'));
}
