import { Transform, type TransformCallback } from 'node:stream';

export type Next = (bytes: Buffer) => void;

/** One step of the work on a body. What it throws is the error of the stream. */
export interface Step {
  /** @param next takes what becomes of these bytes, at once or later */
  take(bytes: Buffer, next: Next): void;
  /** All of the body has come. */
  end(next: Next): void;
}

/** A stream that takes each piece through all steps at once: a stream for each step would cost several times as much. */
export function through(...steps: readonly Step[]): Transform {
  return new Steps(steps);
}

class Steps extends Transform {
  readonly #steps: readonly Step[];
  /** What the step of the same place hands on to. */
  readonly #after: Next[] = [];
  readonly #first: Next;

  constructor(steps: readonly Step[]) {
    super();
    this.#steps = steps;
    let next: Next = (bytes) => this.push(bytes);
    for (const step of steps.toReversed()) {
      const after = next;
      this.#after.unshift(after);
      next = (bytes) => step.take(bytes, after);
    }
    this.#first = next;
  }

  override _transform(bytes: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      this.#first(bytes);
    } catch (error) {
      done(error as Error);
      return;
    }
    done();
  }

  override _flush(done: TransformCallback): void {
    try {
      for (const [place, step] of this.#steps.entries()) step.end(this.#after[place] as Next);
    } catch (error) {
      done(error as Error);
      return;
    }
    done();
  }
}
