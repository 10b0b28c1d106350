import type { Readable, Transform } from 'node:stream';
import { type Step, through } from '../../steps.ts';
import { freesPieces, letGo } from '../../upstream/let-go.ts';

/**
 * A stream through steps, the last of which copies: none of them keeps a piece, or a part of one. So each is freed as soon
 * as it went through, unless the source still has it. What V8 had to find would count as its memory until then, and it
 * looks through all of its memory when that has grown: for a body of 1 MiB, a third of what else was to be done.
 */
export function throughCopying(source: Readable, ...steps: readonly Step[]): Transform {
  return freesPieces(source) ? through(FREEING, ...steps) : through(...steps);
}

const FREEING: Step = {
  take: (bytes, next) => {
    next(bytes);
    letGo(bytes);
  },
  end: () => undefined,
};
