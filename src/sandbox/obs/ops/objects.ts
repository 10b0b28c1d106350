import { S3Error } from '../../../s3/errors.ts';
import { type Answer, bucketName, type Call, headerOf } from '../../call.ts';
import { requireHttps } from '../../ops/encryption.ts';
import * as multipart from '../../ops/multipart.ts';
import * as read from '../../ops/read.ts';
import * as write from '../../ops/write.ts';
import { keptHeaders, persistentHeaders } from '../persistent-headers.ts';

/** With what OBS keeps beside the object. */
export async function putObject(call: Call): Promise<Answer> {
  return await write.putObject(withOwnHeaders(call));
}

export function createMultipartUpload(call: Call): Answer {
  return multipart.createMultipartUpload(withOwnHeaders(call));
}

export function getObject(call: Call): Answer {
  requireHttps(call, read.headObject(call).headers?.['x-amz-server-side-encryption']);
  return withOwn(call, read.getObject(call));
}

export function headObject(call: Call): Answer {
  return withOwn(call, read.headObject(call));
}

export async function uploadPartCopy(call: Call): Promise<Answer> {
  return await multipart.uploadPartCopy(withSpacedSource(call));
}

/** A new object is of the class of its bucket: https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0044.html */
export function withOwnHeaders(call: Call): Call {
  const { settings } = call.buckets.get(bucketName(call));
  const byDefault = { 'x-amz-storage-class': settings.get('storageclass') };
  return { ...call, headers: { ...byDefault, ...call.headers, ...keptHeaders(call) } };
}

/** A `+` in a copy source is a space: the SDK for Go writes it so, in both dialects. */
export function withSpacedSource(call: Call): Call {
  const source = headerOf(call, 'x-amz-copy-source');
  if (source === undefined) return call;
  return { ...call, headers: { ...call.headers, 'x-amz-copy-source': source.replaceAll('+', '%20') } };
}

/** `attname` names the file of a download: https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0083.html */
function withOwn(call: Call, answer: Answer): Answer {
  const name = call.target.query.get('attname');
  if (name !== undefined && !/^[\x20-\x7e]*$/.test(name))
    throw new S3Error('InvalidArgument', 'The name of the file is not of ASCII.', {
      fields: { ArgumentName: 'attname' },
    });
  const disposition = name === undefined ? {} : { 'content-disposition': `attachment; filename="${name}"` };
  return { ...answer, headers: { ...persistentHeaders(answer.headers ?? {}), ...disposition } };
}
