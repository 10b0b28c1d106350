import { quoted } from '../shell.ts';

/** What a refusal of a write with an SSE-C key has to do with SSE-C. */
export type Blocking =
  /** The bucket's encryption settings block SSE-C. */
  | 'setting'
  /** Some policy denies the write; many owners deny SSE-C so. */
  | 'policy'
  /** No more is known than that it is denied. */
  | 'unclear';

/**
 * As AWS words it, newest first.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html
 */
const SAYINGS: readonly { readonly says: RegExp; readonly means: Blocking }[] = [
  {
    says: /blocked upload requests that specify server.side encryption with customer.provided keys/i,
    means: 'setting',
  },
  { says: /with an explicit deny in an? [a-z -]*policy/i, means: 'policy' },
];

/** A write for which no more was denied than the key has: a wrong key of a copy's source is another matter. */
const ABOUT_A_KEY = /must provide the correct secret key/i;

/** Undefined when the refusal is of another kind. `code`, `message`: the store's own words about an injected write. */
export function blockingOf({
  code,
  message,
}: {
  readonly code: string;
  readonly message: string;
}): Blocking | undefined {
  if (code !== 'AccessDenied' || ABOUT_A_KEY.test(message)) return undefined;
  return SAYINGS.find(({ says }) => says.test(message))?.means ?? 'unclear';
}

/** The default encryption that a bucket has: PutBucketEncryption replaces all of it. */
export interface DefaultEncryption {
  readonly algorithm: string;
  readonly kmsKeyId?: string | undefined;
  readonly bucketKey?: boolean | undefined;
}

/**
 * The command that lets SSE-C into a bucket of AWS again and leaves its default encryption as it is.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/blocking-unblocking-s3-c-encryption-gpb.html
 */
export function unblockCommand(
  bucket: string,
  region: string,
  { algorithm, kmsKeyId, bucketKey }: DefaultEncryption = { algorithm: 'AES256' },
): string {
  const rule = {
    ApplyServerSideEncryptionByDefault: {
      SSEAlgorithm: algorithm,
      ...(kmsKeyId === undefined ? {} : { KMSMasterKeyID: kmsKeyId }),
    },
    ...(bucketKey === undefined ? {} : { BucketKeyEnabled: bucketKey }),
    BlockedEncryptionTypes: { EncryptionType: ['NONE'] },
  };
  const words = ['--bucket', bucket, '--region', region, '--server-side-encryption-configuration'];
  return ['aws s3api put-bucket-encryption', ...words, JSON.stringify({ Rules: [rule] })]
    .map((word, index) => (index === 0 ? word : quoted(word)))
    .join(' ');
}
