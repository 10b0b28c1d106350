import { readDocument } from '../../../s3/document.ts';
import { malformed } from '../../../s3/tags.ts';
import { receiveDocument } from '../../body.ts';
import { type Answer, bucketName, type Call } from '../../call.ts';
import { documentOf } from '../../xml.ts';
import { obsError } from '../errors.ts';
import { ALGORITHMS, reversed } from '../values.ts';

/**
 * What a bucket encrypts with by default: `kms` or `AES256`, and nothing where nobody said so. A customer's key can't be
 * the default: https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0062.html
 */
export async function putBucketEncryption(call: Call): Promise<Answer> {
  const bucket = call.buckets.get(bucketName(call));
  const document = readDocument(await receiveDocument(call), 'ServerSideEncryptionConfiguration');
  const [byDefault] = document.all('Rule')[0]?.all('ApplyServerSideEncryptionByDefault') ?? [];
  const said = byDefault?.text('SSEAlgorithm')?.trim() ?? '';
  const algorithm =
    call.dialect === 'obs' ? ALGORITHMS.get(said) : [...ALGORITHMS.values()].find((value) => value === said);
  if (algorithm === undefined) throw malformed();
  bucket.encryption = { ...bucket.encryption, algorithm };
  return {};
}

export function getBucketEncryption(call: Call): Answer {
  const { algorithm } = call.buckets.get(bucketName(call)).encryption;
  if (algorithm === undefined)
    throw obsError('NoSuchEncryptionConfiguration', 'The bucket has no default encryption.');
  const shown = call.dialect === 'obs' ? (reversed(ALGORITHMS).get(algorithm) ?? '') : algorithm;
  return {
    body: documentOf('ServerSideEncryptionConfiguration', [
      ['Rule', [['ApplyServerSideEncryptionByDefault', [['SSEAlgorithm', shown]]]]],
    ]),
  };
}

export function deleteBucketEncryption(call: Call): Answer {
  const bucket = call.buckets.get(bucketName(call));
  bucket.encryption = { ...bucket.encryption, algorithm: undefined };
  return { status: 204 };
}
