import { S3Error } from '../s3/errors.ts';
import type { Credentials, Secret } from '../secret.ts';

/** Who holds an access key. */
export interface Holder extends Credentials {
  /** Of temporary credentials: what must come with every request. */
  readonly sessionToken?: Secret | undefined;
  /** The Host that others than the holder are given in presigned URLs, in lower case, with its port. */
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
      fields: { AWSAccessKeyId: accessKeyId },
    },
  );
}
