import { quoted } from '../shell.ts';

/** How a refusal of a write with an SSE-C key relates to SSE-C. */
export type Blocking =
  /** The bucket's encryption settings block SSE-C. */
  | 'setting'
  /** A policy denies the write; many owners deny SSE-C with a policy. */
  | 'policy'
  /** The write is denied, and the reason is unknown. */
  | 'unclear';

/**
 * The messages of AWS, newest first.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html
 */
const SAYINGS: readonly { readonly says: RegExp; readonly means: Blocking }[] = [
  {
    says: /blocked upload requests that specify server.side encryption with customer.provided keys/i,
    means: 'setting',
  },
  { says: /with an explicit deny in an? [a-z -]{0,60}policy/i, means: 'policy' },
];

/** This message is about a wrong key, such as that of a copy's source, and not about SSE-C itself. */
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

/** The default encryption of a bucket, all of which PutBucketEncryption replaces. */
export interface DefaultEncryption {
  readonly algorithm: string;
  readonly kmsKeyId?: string | undefined;
  readonly bucketKey?: boolean | undefined;
}

/**
 * The command that allows SSE-C in a bucket of AWS again and keeps its default encryption.
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
