import { S3Error } from '../s3/errors.ts';
import type { Credentials, Secret } from '../secret.ts';

/** The owner of an access key. */
export interface Holder extends Credentials {
  /** For temporary credentials: the token that must come with every request. */
  readonly sessionToken?: Secret | undefined;
  /** The Host in presigned URLs for others than the owner, in lower case, with its port. */
  readonly publicHost?: string | undefined;
}

/** Who may sign, by access key id. */
export type Holders<H extends Holder> = Pick<ReadonlyMap<string, H>, 'get'>;

/** What a signature is called, and the element of an error that has the access key id. */
interface Kind {
  readonly word: string;
  readonly accessKeyId: string;
}

const AWS: Kind = { word: 'AWS', accessKeyId: 'AWSAccessKeyId' };

/** @throws S3Error InvalidAccessKeyId */
export function findHolder<H extends Holder>(
  accessKeyId: string,
  holders: Holders<H>,
  { word, accessKeyId: element }: Kind = AWS,
): H {
  const holder = holders.get(accessKeyId);
  if (holder) return holder;
  throw new S3Error(
    'InvalidAccessKeyId',
    `The ${word} Access Key Id you provided does not exist in our records.`,
    {
      reason: 'no client of the config has this access key id',
      fields: { [element]: accessKeyId },
    },
  );
}
