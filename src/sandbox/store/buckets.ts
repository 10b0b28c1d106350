import { S3Error } from '../../s3/errors.ts';
import type { Upload } from './model.ts';
import { type Versioning, Versions } from './versions.ts';

/** SSE-C may be blocked for writes. */
interface BucketEncryption {
  /** As S3 names it. It is for show in most stores. */
  readonly algorithm: string | undefined;
  readonly blocksSsec: boolean;
}

export interface Bucket {
  readonly name: string;
  readonly created: Date;
  versioning: Versioning;
  encryption: BucketEncryption;
  readonly versions: Versions;
  readonly uploads: Map<string, Upload>;
  /** Configurations that the store keeps, by the name of their sub-resource. */
  readonly settings: Map<string, string>;
}

/** AWS's rule; the legacy names with upper case and underscores can't be created any more. */
const BUCKET_NAME = /^(?!\d+\.\d+\.\d+\.\d+$)(?!xn--)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** All buckets, in memory: a restarted sandbox is empty. */
export class Buckets {
  readonly #buckets = new Map<string, Bucket>();

  get(name: string): Bucket {
    const bucket = this.#buckets.get(name);
    if (bucket) return bucket;
    throw new S3Error('NoSuchBucket', 'The specified bucket does not exist', {
      fields: { BucketName: name },
    });
  }

  create(name: string, created: Date): void {
    if (!BUCKET_NAME.test(name)) {
      throw new S3Error('InvalidBucketName', 'The specified bucket is not valid.', {
        fields: { BucketName: name },
      });
    }
    if (this.#buckets.has(name)) {
      throw new S3Error(
        'BucketAlreadyOwnedByYou',
        'Your previous request to create the named bucket succeeded and you already own it.',
        { fields: { BucketName: name } },
      );
    }
    this.#buckets.set(name, {
      name,
      created,
      versioning: 'Unversioned',
      encryption: { algorithm: undefined, blocksSsec: false },
      settings: new Map(),
      versions: new Versions(),
      uploads: new Map(),
    });
  }

  delete(name: string): void {
    const bucket = this.get(name);
    if (!bucket.versions.empty) {
      throw new S3Error('BucketNotEmpty', 'The bucket you tried to delete is not empty', {
        fields: { BucketName: name },
      });
    }
    this.#buckets.delete(name);
  }

  list(): Bucket[] {
    return [...this.#buckets.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }
}
