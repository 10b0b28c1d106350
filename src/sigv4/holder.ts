import { S3Error } from '../s3/errors.ts';
import type { Credentials, Secret } from '../secret.ts';

/** The owner of an access key. */
export interface Holder extends Credentials {
  /** For temporary credentials: the token that must come with every request. */
  readonly sessionToken?: Secret | undefined;
  /** The Host in presigned URLs for others than the owner, in lower case, with its port. */
  readonly publicHost?: string | undefined;
}

/** @throws S3Error InvalidAccessKeyId */
export function findHolder<H extends Holder>(
  accessKeyId: string,
  holderOf: (accessKeyId: string) => H | undefined,
): H {
  const holder = holderOf(accessKeyId);
  if (holder) return holder;
  throw new S3Error(
    'InvalidAccessKeyId',
    'The AWS Access Key Id you provided does not exist in our records.',
    {
      reason: 'no client of the config has this access key id',
      fields: { AWSAccessKeyId: accessKeyId },
    },
  );
}
