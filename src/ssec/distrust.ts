import type { OperationName } from '../s3/operations.ts';

/** How long a bucket waits between two probes, and between two writes that are tried in spite of a failure. */
const SPACING_MS = 10_000;
/** The longest time that an operation is refused before it is tried again. */
const LONGEST_MS = 600_000;

/** The writes of one client by one operation. */
export interface Writes {
  readonly operation: OperationName;
  /** Its name. */
  readonly client: string;
}

/**
 * How a write to a bucket stands. `doubted`: nothing may be written there until a probe has passed. `closed`: a probe has
 * passed, but this operation has failed for this client, and it is not time to try it again.
 */
export type Standing = 'trusted' | 'doubted' | 'closed';

/** What requests need of the distrust. Where several processes share it, an answer takes a moment, and may be a promise. */
export interface Trust {
  has(bucket: string): boolean;
  isDoubted(bucket: string): boolean;
  isTried(bucket: string, writes: Writes): boolean;
  refusing(now: number): readonly string[];
  doubts(): readonly (readonly [bucket: string, doubt: ToldDoubt])[];
  add(bucket: string, writes: Writes, now: number): number | Promise<number>;
  standing(bucket: string, writes: Writes, now: number): Standing | Promise<Standing>;
  spare(bucket: string, writes: Writes): void | Promise<void>;
  prove(bucket: string, writes: Writes): void | Promise<void>;
  claimProbe(bucket: string, now: number): number | undefined | Promise<number | undefined>;
  pass(bucket: string, claim: number): void | Promise<void>;
}

/**
 * The buckets whose store failed to prove an encryption, and which operation failed there for which client. After a failure
 * nothing is written under a key until a probe has passed. The probe frees all writes but those of that client by that
 * operation: they are tried again after 10 seconds, and the wait doubles with each failure up to 10 minutes. So a client
 * that finds a request which the store does not encrypt closes that operation for itself, and for nobody else. One write is
 * tried at a time.
 *
 * In memory only: after a restart every bucket is trusted, and the next write is checked like every other.
 * All times are milliseconds of the caller's clock.
 */
export class Distrust implements Trust {
  readonly #buckets = new Map<string, Doubt>();

  /** A write was not proven. @returns how often this operation has failed here, for all whose writes it still fails */
  add(bucket: string, writes: Writes, now: number): number {
    const doubt = this.#buckets.get(bucket) ?? newDoubt();
    this.#buckets.set(bucket, doubt);
    const { operation } = writes;
    const before = doubt.failed.get(nameOf(writes));
    // One that was on its way when its kind was closed says nothing new.
    if (!before || before.tried) {
      const times = (before?.times ?? 0) + 1;
      const failed = { operation, times, closedUntil: now + waitAfter(times), tried: false };
      doubt.failed.set(nameOf(writes), failed);
      doubt.probed = false;
      doubt.failures += 1;
      doubt.probeDue = now;
    }
    const ofOperation = [...doubt.failed.values()].filter((failed) => failed.operation === operation);
    return ofOperation.reduce((sum, { times }) => sum + times, 0);
  }

  has(bucket: string): boolean {
    return this.#buckets.has(bucket);
  }

  /** Does the bucket wait for a probe? */
  isDoubted(bucket: string): boolean {
    return this.#buckets.get(bucket)?.probed === false;
  }

  /** May this be written now? A closed kind of write whose time has come is `trusted` for one write in 10 seconds. */
  standing(bucket: string, writes: Writes, now: number): Standing {
    const seen = this.look(bucket, writes, now);
    if (seen !== 'due') return seen;
    const doubt = this.#buckets.get(bucket);
    const failed = doubt?.failed.get(nameOf(writes));
    if (!doubt || !failed) return 'trusted';
    failed.tried = true;
    failed.closedUntil = now + SPACING_MS;
    doubt.trialDue = now + SPACING_MS;
    return 'trusted';
  }

  /** The standing, and nothing changes. `due`: closed, and time to try one. */
  look(bucket: string, writes: Writes, now: number): Standing | 'due' {
    const doubt = this.#buckets.get(bucket);
    if (!doubt) return 'trusted';
    if (!doubt.probed) return 'doubted';
    const failed = doubt.failed.get(nameOf(writes));
    if (!failed) return 'trusted';
    return now < failed.closedUntil || now < doubt.trialDue ? 'closed' : 'due';
  }

  /** Have these failed here, and are they tried again? */
  isTried(bucket: string, writes: Writes): boolean {
    return this.#buckets.get(bucket)?.failed.get(nameOf(writes))?.tried === true;
  }

  /** The write that was tried stored nothing: another one may be tried at once. */
  spare(bucket: string, writes: Writes): void {
    const doubt = this.#buckets.get(bucket);
    const failed = doubt?.failed.get(nameOf(writes));
    if (!doubt || failed?.tried !== true) return;
    failed.closedUntil = 0;
    doubt.trialDue = 0;
  }

  /** A write was proven. One that was on its way when its kind was closed does not open it. */
  prove(bucket: string, writes: Writes): void {
    const doubt = this.#buckets.get(bucket);
    if (doubt?.failed.get(nameOf(writes))?.tried !== true) return;
    doubt.failed.delete(nameOf(writes));
    if (doubt.failed.size === 0) this.#buckets.delete(bucket);
  }

  /** Is it time to probe a bucket? A caller that gets a number must do it, and hand the number to `pass`. */
  claimProbe(bucket: string, now: number): number | undefined {
    const doubt = this.#buckets.get(bucket);
    if (!doubt || !this.isProbeDue(bucket, now)) return undefined;
    doubt.probeDue = now + SPACING_MS;
    return doubt.failures;
  }

  isProbeDue(bucket: string, now: number): boolean {
    const doubt = this.#buckets.get(bucket);
    return doubt !== undefined && !doubt.probed && now >= doubt.probeDue;
  }

  /** A probe has passed; it says nothing of a failure that came after its start. */
  pass(bucket: string, claim: number): void {
    const doubt = this.#buckets.get(bucket);
    if (doubt?.failures === claim) doubt.probed = true;
  }

  /** The buckets that refuse writes now. */
  refusing(now: number): readonly string[] {
    return [...this.#buckets].flatMap(([bucket, { probed, failed }]) => {
      const closed = [...failed.values()].some(({ closedUntil }) => now < closedUntil);
      return probed && !closed ? [] : [bucket];
    });
  }

  /** What is known of a bucket, for another process; undefined when it is trusted. */
  doubtOf(bucket: string): ToldDoubt | undefined {
    const doubt = this.#buckets.get(bucket);
    return doubt && { ...doubt, failed: [...doubt.failed] };
  }

  /** The same of all buckets that are not trusted. */
  doubts(): readonly (readonly [bucket: string, doubt: ToldDoubt])[] {
    return [...this.#buckets].map(([bucket, doubt]) => [bucket, { ...doubt, failed: [...doubt.failed] }]);
  }

  /** Takes what another process knows of a bucket in place of what is known here. */
  adopt(bucket: string, doubt: ToldDoubt | undefined): void {
    if (!doubt) this.#buckets.delete(bucket);
    else {
      const failed = doubt.failed.map(([name, one]) => [name, { ...one }] as const);
      this.#buckets.set(bucket, { ...doubt, failed: new Map(failed) });
    }
  }
}

/** As it is sent to another process. */
export interface ToldDoubt extends Omit<Doubt, 'failed'> {
  readonly failed: readonly (readonly [name: string, failed: Failed])[];
}

interface Doubt {
  /** Has a probe passed since the last failure? */
  probed: boolean;
  probeDue: number;
  /** When a closed kind of write may be tried again: one of them at a time. */
  trialDue: number;
  /** How many failures there were. */
  failures: number;
  readonly failed: Map<string, Failed>;
}

interface Failed extends Pick<Writes, 'operation'> {
  /** How often in a row. */
  readonly times: number;
  closedUntil: number;
  /** Was a write let through after the last failure? */
  tried: boolean;
}

function nameOf({ operation, client }: Writes): string {
  return `${operation} ${client}`;
}

function newDoubt(): Doubt {
  return { probed: false, probeDue: 0, trialDue: 0, failures: 0, failed: new Map() };
}

function waitAfter(times: number): number {
  return Math.min(SPACING_MS * 2 ** (times - 1), LONGEST_MS);
}
