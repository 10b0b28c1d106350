import { readDocument } from '../../../s3/document.ts';
import { malformed } from '../../../s3/tags.ts';
import { receiveDocument } from '../../body.ts';
import { type Answer, bucketName, type Call } from '../../call.ts';
import { documentOf } from '../../xml.ts';
import { obsError } from '../errors.ts';
import { denialsOf } from '../policy.ts';
import { STORAGE_CLASSES } from '../values.ts';
import { classIn } from './buckets.ts';

/** https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0027.html */
export async function putPolicy(call: Call): Promise<Answer> {
  const { settings, name } = call.buckets.get(bucketName(call));
  const policy = await receiveDocument(call);
  denialsOf(policy, name);
  settings.set('policy', policy);
  return { status: 204 };
}

export function getPolicy(call: Call): Answer {
  const policy = call.buckets.get(bucketName(call)).settings.get('policy');
  if (policy === undefined) throw obsError('NoSuchBucketPolicy', 'The bucket has no policy.');
  return { headers: { 'Content-Type': 'application/json' }, body: policy };
}

export function deletePolicy(call: Call): Answer {
  call.buckets.get(bucketName(call)).settings.delete('policy');
  return { status: 204 };
}

/** https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0044.html: two documents for one setting. */
export async function putStorageClass(call: Call): Promise<Answer> {
  const { settings } = call.buckets.get(bucketName(call));
  const xml = await receiveDocument(call);
  const internal =
    call.dialect === 'obs'
      ? STORAGE_CLASSES.get(readDocument(xml, 'StorageClass').value.trim())
      : readDocument(xml, 'StoragePolicy').text('DefaultStorageClass')?.trim();
  if (internal === undefined || ![...STORAGE_CLASSES.values()].includes(internal)) throw malformed();
  settings.set('storageclass', internal);
  return {};
}

export function getStorageClass(call: Call): Answer {
  const { settings } = call.buckets.get(bucketName(call));
  const shown = classIn(call, settings.get('storageclass') ?? 'STANDARD');
  return {
    body:
      call.dialect === 'obs'
        ? documentOf('StorageClass', shown)
        : documentOf('StoragePolicy', [['DefaultStorageClass', shown]]),
  };
}

/** https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0038.html; it is kept, and nobody counts. */
export async function putQuota(call: Call): Promise<Answer> {
  const { settings } = call.buckets.get(bucketName(call));
  const quota =
    readDocument(await receiveDocument(call), 'Quota')
      .text('StorageQuota')
      ?.trim() ?? '';
  if (!/^\d{1,19}$/.test(quota)) throw malformed();
  settings.set('quota', quota);
  return {};
}

export function getQuota(call: Call): Answer {
  const { settings } = call.buckets.get(bucketName(call));
  return { body: documentOf('Quota', [['StorageQuota', settings.get('quota') ?? '0']]) };
}

/** https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0040.html */
export function getStorageInfo(call: Call): Answer {
  const objects = [...call.buckets.get(bucketName(call)).versions.current()];
  return {
    body: documentOf('GetBucketStorageInfoResult', [
      ['Size', objects.reduce((sum, { size }) => sum + size, 0)],
      ['ObjectNumber', objects.length],
    ]),
  };
}
