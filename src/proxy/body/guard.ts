import type { Digest } from '../../s3/digest.ts';
import { S3Error } from '../../s3/errors.ts';
import type { Next, Step } from '../../steps.ts';

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
export class BodyGuard implements Step {
  readonly #length: number;
  readonly #checks: readonly BodyCheck[];
  #seen = 0;
  #last: Buffer | undefined;

  constructor(length: number, checks: readonly BodyCheck[]) {
    this.#length = length;
    this.#checks = checks;
  }

  /** @throws S3Error IncompleteBody */
  take(bytes: Buffer, next: Next): void {
    if (bytes.length === 0) return;
    for (const { digest } of this.#checks) digest.update(bytes);
    this.#seen += bytes.length;
    if (this.#seen > this.#length) throw incomplete();
    if (this.#seen < this.#length) {
      next(bytes);
      return;
    }
    // Its own memory: that of the piece may be freed.
    this.#last = Buffer.from(bytes.subarray(-1));
    if (bytes.length > 1) next(bytes.subarray(0, -1));
  }

  /** @throws S3Error of a check; IncompleteBody */
  end(next: Next): void {
    if (this.#seen !== this.#length) throw incomplete();
    for (const { verify } of this.#checks) verify();
    if (this.#last) next(this.#last);
  }
}

function incomplete(): S3Error {
  return new S3Error('IncompleteBody', 'The body is not as long as the request says.');
}
