import type { Refused } from './refused.ts';

/** `s3`: `x-amz-` names. `obs`: `x-obs-` names. Operations know the former only, but for documents that differ. */
export type Dialect = 's3' | 'obs';

/** Why a key does not fit: to an object that is read, or to the upload that a part belongs to. */
export type Unfit = 'missing' | 'wrong' | 'needless' | 'of-a-part-unlike' | 'of-a-part-other';

/** What the stores do differently behind their words. */
export interface Rules {
  /** Every part but the last has at least this many bytes. */
  readonly minPart: number;
  /** For names and values of the user metadata together, in bytes. */
  readonly maxMetadata: number;
  readonly newUploadId: () => string;
  /** The ETag of what is encrypted with a customer's key. */
  readonly sealedEtag: 'random' | 'ciphertext';
  /** Does it encrypt with keys of its own as well, and by default where a bucket says so? */
  readonly managed: boolean;
  /** May the key of a copy's source come over plain HTTP, where the copy has none? */
  readonly sourceKeysInClear: boolean;
  /** May a body come without its length? */
  readonly unknownLengths: boolean;
  readonly unfitKey: (why: Unfit) => Refused;
}
