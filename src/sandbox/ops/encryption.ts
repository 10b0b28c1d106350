import { readDocument } from '../../s3/document.ts';
import { S3Error } from '../../s3/errors.ts';
import { malformed } from '../../s3/tags.ts';
import { receiveDocument } from '../body.ts';
import { type Answer, bucketName, type Call, headerOf } from '../call.ts';
import { type CustomerKey, writeKey } from '../ssec.ts';
import { documentOf } from '../xml.ts';

/** What AWS encrypts with where a bucket says nothing. */
const BY_DEFAULT = 'AES256';

/**
 * The SSE-C key of a write. @throws S3Error AccessDenied where the bucket blocks SSE-C, in the words of AWS:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html
 */
export function allowedKey(call: Call): CustomerKey | undefined {
  const bucket = call.buckets.get(bucketName(call));
  const key = writeKey(call.headers, call.secure, call.rules);
  if (key === undefined || !bucket.encryption.blocksSsec) return key;
  const resource = `arn:aws:s3:::${bucket.name}${call.target.shape === 'object' ? `/${call.target.objectKey}` : ''}`;
  throw new S3Error(
    'AccessDenied',
    `User: arn:aws:iam::123456789012:user/sandbox is not authorized to perform: s3:PutObject on resource: "${resource}" because this bucket has blocked upload requests that specify Server Side Encryption with Customer provided keys (SSE-C). Please specify a different server-side encryption type`,
  );
}

/** With which of its own keys the store encrypts a write: as the request says, else as the bucket does by default. */
export function managedOf(call: Call, key: CustomerKey | undefined): string | undefined {
  if (!call.rules.managed || key !== undefined) return undefined;
  const { algorithm } = call.buckets.get(bucketName(call)).encryption;
  const managed = headerOf(call, 'x-amz-server-side-encryption') ?? algorithm;
  requireHttps(call, managed);
  return managed;
}

/** What OBS encrypts with KMS comes over HTTPS only: https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0108.html */
export function requireHttps({ secure }: Call, managed: string | undefined): void {
  if (secure || managed !== 'aws:kms') return;
  throw new S3Error('InvalidRequest', 'Objects under SSE-KMS are written and read over HTTPS only.');
}

export function getBucketEncryption(call: Call): Answer {
  const { algorithm, blocksSsec } = call.buckets.get(bucketName(call)).encryption;
  return {
    body: documentOf('ServerSideEncryptionConfiguration', [
      [
        'Rule',
        [
          ['ApplyServerSideEncryptionByDefault', [['SSEAlgorithm', algorithm ?? BY_DEFAULT]]],
          ['BucketKeyEnabled', false],
          ['BlockedEncryptionTypes', [['EncryptionType', blocksSsec ? 'SSE-C' : 'NONE']]],
        ],
      ],
    ]),
  };
}

/** A document without blocked types leaves them unchanged. */
export async function putBucketEncryption(call: Call): Promise<Answer> {
  const bucket = call.buckets.get(bucketName(call));
  const xml = await receiveDocument(call);
  const [rule] = readDocument(xml, 'ServerSideEncryptionConfiguration').all('Rule');
  const [byDefault] = rule?.all('ApplyServerSideEncryptionByDefault') ?? [];
  const [blocked] = rule?.all('BlockedEncryptionTypes') ?? [];
  if (!rule) throw malformed();
  bucket.encryption = {
    algorithm: byDefault?.text('SSEAlgorithm')?.trim() ?? BY_DEFAULT,
    blocksSsec: blocked
      ? blocked.all('EncryptionType').some(({ value }) => value.trim() === 'SSE-C')
      : bucket.encryption.blocksSsec,
  };
  return {};
}

export function deleteBucketEncryption(call: Call): Answer {
  const bucket = call.buckets.get(bucketName(call));
  bucket.encryption = { ...bucket.encryption, algorithm: undefined };
  return { status: 204 };
}
