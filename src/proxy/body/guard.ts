import { Transform, type TransformCallback } from 'node:stream';
import type { Digest } from '../../s3/digest.ts';
import { S3Error } from '../../s3/errors.ts';

/** Something that a request says of its body, known for sure only at its end. */
export interface BodyClaim {
  readonly make: () => Digest | Promise<Digest>;
  /** @throws S3Error when the digest of the body is not what it should be */
  readonly verify: (digest: Buffer) => void;
}

/** A claim with a digest that sees every byte. */
export interface BodyCheck {
  readonly digest: Digest;
  readonly verify: () => void;
}

export async function startChecks(claims: readonly BodyClaim[]): Promise<BodyCheck[]> {
  const started = claims.map(async ({ make, verify }) => {
    const digest = await make();
    return { digest, verify: () => verify(digest.digest()) };
  });
  return await Promise.all(started);
}

/**
 * Passes a body of known length on but for its last byte, which waits until every check has passed: a store that never
 * gets the last byte stores nothing.
 */
export class BodyGuard extends Transform {
  readonly #length: number;
  readonly #checks: readonly BodyCheck[];
  #seen = 0;
  #last: Buffer | undefined;

  constructor(length: number, checks: readonly BodyCheck[]) {
    super();
    this.#length = length;
    this.#checks = checks;
  }

  override _transform(bytes: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    if (bytes.length === 0) {
      done();
      return;
    }
    for (const { digest } of this.#checks) digest.update(bytes);
    this.#seen += bytes.length;
    if (this.#seen > this.#length) {
      done(incomplete());
    } else if (this.#seen < this.#length) {
      done(null, bytes);
    } else {
      this.#last = bytes.subarray(-1);
      done(null, bytes.subarray(0, -1));
    }
  }

  override _flush(done: TransformCallback): void {
    try {
      if (this.#seen !== this.#length) throw incomplete();
      for (const { verify } of this.#checks) verify();
      done(null, this.#last);
    } catch (error) {
      done(error as Error);
    }
  }
}

function incomplete(): S3Error {
  return new S3Error('IncompleteBody', 'The body is not as long as the request says.');
}
