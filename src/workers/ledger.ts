import { EncryptedUploads, type SeenUpload } from '../multipart/encrypted-uploads.ts';
import { MEMORY_LIMITS, type MemoryLimits } from '../remembered.ts';
import { Distrust, type Standing } from '../ssec/distrust.ts';
import type { BucketDoubt, DistrustAnswer, DistrustCall } from './calls.ts';

/** Tells all workers but the one that asks; resolves when they have it. */
type TellOthers = (doubt: BucketDoubt) => Promise<void>;

/** What all workers have to know of each other, kept by the master: so it outlives each of them, and a new one gets it. */
export class Ledger {
  readonly #distrust = new Distrust();
  readonly #uploads = new EncryptedUploads();

  get doubts(): readonly BucketDoubt[] {
    return this.#distrust.doubts().map(([bucket, doubt]) => ({ bucket, doubt }));
  }

  get uploads(): readonly SeenUpload[] {
    return this.#uploads.all();
  }

  /** How many uploads it remembers. */
  use({ uploads }: MemoryLimits = MEMORY_LIMITS): void {
    this.#uploads.use(uploads);
  }

  see(upload: SeenUpload): void {
    this.#uploads.learn(upload);
  }

  /** A failure is answered when all workers know of it: the client hears of it after that. */
  async distrust(call: DistrustCall, tellOthers: TellOthers): Promise<DistrustAnswer> {
    const { bucket } = call;
    const result = this.#apply(call);
    const stands = { bucket, doubt: this.#distrust.doubtOf(bucket) };
    const told = tellOthers(stands);
    if (call.does === 'add') await told;
    // What came meanwhile was told in its turn, and must not be undone by an older answer.
    return { bucket, doubt: this.#distrust.doubtOf(bucket), result };
  }

  #apply(call: DistrustCall): number | Standing | undefined {
    const { bucket } = call;
    if (call.does === 'add') return this.#distrust.add(bucket, call.writes, call.now);
    if (call.does === 'standing') return this.#distrust.standing(bucket, call.writes, call.now);
    if (call.does === 'claimProbe') return this.#distrust.claimProbe(bucket, call.now);
    if (call.does === 'pass') this.#distrust.pass(bucket, call.claim);
    else this.#distrust[call.does](bucket, call.writes);
    return undefined;
  }
}
