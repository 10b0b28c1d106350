import type { Next, Step } from '../../steps.ts';
import type { BodyCheck } from './guard.ts';

/**
 * Passes a body on whose length nobody knows, but for the piece that came last: it waits until there is another one, or
 * the body is at its end and every check has passed. So the store never has the whole of one that is wrong.
 */
export class EndGuard implements Step {
  readonly #checks: readonly BodyCheck[];
  #last: Buffer | undefined;

  constructor(checks: readonly BodyCheck[]) {
    this.#checks = checks;
  }

  take(bytes: Buffer, next: Next): void {
    if (bytes.length === 0) return;
    for (const { digest } of this.#checks) digest.update(bytes);
    const before = this.#last;
    this.#last = bytes;
    if (before) next(before);
  }

  /** @throws S3Error of a check */
  end(next: Next): void {
    for (const { verify } of this.#checks) verify();
    if (this.#last) next(this.#last);
  }
}
