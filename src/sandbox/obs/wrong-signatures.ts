import { obsError } from './errors.ts';

/**
 * Access keys are blocked for a while after several wrong signatures in a row:
 * https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0115.html. How many, and for how long, no page says; few
 * and briefly here, so that a test sees it.
 */
export class WrongSignatures {
  readonly #most: number;
  readonly #pause: number;
  readonly #counts = new Map<string, { wrong: number; until: number }>();

  /** @param most how many in a row are let pass. @param pause in milliseconds */
  constructor({ most = 5, pause = 60_000 }: { most?: number; pause?: number } = {}) {
    this.#most = most;
    this.#pause = pause;
  }

  /** @throws StoreError TooManyWrongSignature, whatever this request's signature is */
  check(accessKeyId: string, now: Date): void {
    const count = this.#counts.get(accessKeyId);
    if (count === undefined || count.wrong < this.#most) return;
    if (now.getTime() >= count.until) this.#counts.delete(accessKeyId);
    else
      throw obsError(
        'TooManyWrongSignature',
        'The access key is blocked for a while, for its wrong signatures.',
      );
  }

  /** Of an access key that exists: there are as many as the sandbox was told of. */
  count(accessKeyId: string, right: boolean, now: Date): void {
    if (right) this.#counts.delete(accessKeyId);
    else {
      const wrong = (this.#counts.get(accessKeyId)?.wrong ?? 0) + 1;
      this.#counts.set(accessKeyId, { wrong, until: now.getTime() + this.#pause });
    }
  }
}
