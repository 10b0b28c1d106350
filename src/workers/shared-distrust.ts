import { Distrust, type Standing, type Trust, type Writes } from '../ssec/distrust.ts';
import type { BucketDoubt, DistrustAnswer, DistrustCall } from './calls.ts';

/** Asks the master; undefined when it does not answer in time. */
type Ask = (call: DistrustCall) => Promise<DistrustAnswer | undefined>;

/**
 * The distrust that all workers share. The master has the book; here is a copy of it, from which it is read whether a bucket is
 * trusted. Whatever changes the book is asked of the master, so that of all workers one tries a write, and one probes.
 * A master that does not answer leaves things as they are: what is refused stays refused.
 */
export class SharedDistrust implements Trust {
  readonly #copy = new Distrust();
  readonly #ask: Ask;
  /** Buckets of which the master is being told. */
  readonly #telling = new Map<string, number>();

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  /** The master tells how a bucket stands. */
  adopt({ bucket, doubt }: BucketDoubt): void {
    this.#copy.adopt(bucket, doubt);
  }

  has(bucket: string): boolean {
    return this.#telling.has(bucket) || this.#copy.has(bucket);
  }

  isDoubted(bucket: string): boolean {
    return this.#telling.has(bucket) || this.#copy.isDoubted(bucket);
  }

  isTried(bucket: string, writes: Writes): boolean {
    return this.#copy.isTried(bucket, writes);
  }

  refusing(now: number): readonly string[] {
    return this.#copy.refusing(now);
  }

  doubts(): ReturnType<Distrust['doubts']> {
    return this.#copy.doubts();
  }

  /** Here at once, and everywhere when this resolves. */
  async add(bucket: string, writes: Writes, now: number): Promise<number> {
    const here = this.#copy.add(bucket, writes, now);
    this.#telling.set(bucket, (this.#telling.get(bucket) ?? 0) + 1);
    try {
      const answer = await this.#call({ does: 'add', bucket, writes, now });
      if (typeof answer?.result === 'number') return answer.result;
      // Something older may have come from the master meanwhile.
      if (!this.#copy.isDoubted(bucket)) this.#copy.add(bucket, writes, now);
      return here;
    } finally {
      const left = (this.#telling.get(bucket) ?? 1) - 1;
      if (left > 0) this.#telling.set(bucket, left);
      else this.#telling.delete(bucket);
    }
  }

  standing(bucket: string, writes: Writes, now: number): Standing | Promise<Standing> {
    if (this.isDoubted(bucket)) return 'doubted';
    const seen = this.#copy.look(bucket, writes, now);
    return seen === 'due' ? this.#askStanding(bucket, writes, now) : seen;
  }

  async spare(bucket: string, writes: Writes): Promise<void> {
    await this.#call({ does: 'spare', bucket, writes });
  }

  async prove(bucket: string, writes: Writes): Promise<void> {
    await this.#call({ does: 'prove', bucket, writes });
  }

  claimProbe(bucket: string, now: number): undefined | Promise<number | undefined> {
    return this.#copy.isProbeDue(bucket, now) ? this.#askProbe(bucket, now) : undefined;
  }

  async pass(bucket: string, claim: number): Promise<void> {
    await this.#call({ does: 'pass', bucket, claim });
  }

  async #askStanding(bucket: string, writes: Writes, now: number): Promise<Standing> {
    const answer = await this.#call({ does: 'standing', bucket, writes, now });
    if (this.isDoubted(bucket)) return 'doubted';
    return typeof answer?.result === 'string' ? answer.result : 'closed';
  }

  async #askProbe(bucket: string, now: number): Promise<number | undefined> {
    const answer = await this.#call({ does: 'claimProbe', bucket, now });
    return typeof answer?.result === 'number' ? answer.result : undefined;
  }

  async #call(call: DistrustCall): Promise<DistrustAnswer | undefined> {
    const answer = await this.#ask(call);
    if (answer) this.adopt(answer);
    return answer;
  }
}
