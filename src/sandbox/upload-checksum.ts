import { S3Error } from '../s3/errors.ts';
import { type Call, headerOf } from './call.ts';
import { checksumKind } from './integrity.ts';
import type { Upload } from './store/model.ts';

type Type = 'FULL_OBJECT' | 'COMPOSITE';

/**
 * Which checksum an algorithm can give of a whole upload: the CRCs of parts can be put together, hashes can't. Each has
 * its default first. https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 */
const TYPES: Readonly<Record<string, readonly [Type, ...Type[]]>> = {
  CRC32: ['COMPOSITE', 'FULL_OBJECT'],
  CRC32C: ['COMPOSITE', 'FULL_OBJECT'],
  CRC64NVME: ['FULL_OBJECT'],
};
const HASHES = ['COMPOSITE'] as const;

/** What CreateMultipartUpload promises of the parts. @throws S3Error InvalidRequest */
export function uploadChecksum(call: Call): Upload['checksum'] {
  const algorithm = headerOf(call, 'x-amz-checksum-algorithm')?.toUpperCase();
  const type = headerOf(call, 'x-amz-checksum-type')?.toUpperCase();
  if (algorithm === undefined) {
    if (type === undefined) return undefined;
    throw new S3Error(
      'InvalidRequest',
      'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.',
    );
  }
  checksumKind(algorithm);
  const types: readonly [Type, ...Type[]] = TYPES[algorithm] ?? HASHES;
  if (type !== undefined && type !== 'FULL_OBJECT' && type !== 'COMPOSITE')
    throw new S3Error('InvalidRequest', 'Value for x-amz-checksum-type header is invalid.');
  if (type === undefined || types.includes(type)) return { algorithm, type: type ?? types[0] };
  throw new S3Error(
    'InvalidRequest',
    `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
  );
}

/**
 * Does a part keep what its upload promised? Only a full checksum can do without those of the parts.
 * @param given the algorithm of the part's checksum, in its head or behind its body
 * @throws S3Error InvalidRequest
 */
export function requirePromised(promised: Upload['checksum'], given: string | undefined): void {
  if (promised === undefined || given === promised.algorithm) return;
  if (given === undefined && promised.type === 'FULL_OBJECT') return;
  throw new S3Error(
    'InvalidRequest',
    `Checksum Type mismatch occurred, expected checksum Type: ${promised.algorithm.toLowerCase()}, actual checksum Type: ${given?.toLowerCase() ?? 'null'}`,
  );
}

/** CompleteMultipartUpload may say of what kind the upload is, and it is of the kind that it began with. */
export function requireSameType(call: Call, promised: Upload['checksum']): void {
  const said = headerOf(call, 'x-amz-checksum-type')?.toUpperCase();
  if (said === undefined || said === promised?.type) return;
  throw new S3Error(
    'InvalidRequest',
    `The upload was created using the ${promised?.type ?? 'null'} checksum mode. The complete request must use the same checksum mode.`,
  );
}
