/**
 * Processes the items of a source, at most `most` at a time, and yields each result when it is done. The source is asked
 * for its next item only when there is room, so memory is bounded however long the source is.
 * The first error, of the source or of the work, ends it.
 */
export async function* concurrently<Piece, Result>(
  source: AsyncIterator<Piece>,
  most: number,
  work: (piece: Piece) => Promise<Result>,
): AsyncGenerator<Result, void, undefined> {
  const running = new Set<Promise<Done<Result>>>();
  const start = (piece: Piece): void => {
    const done: Promise<Done<Result>> = work(piece).then((result) => ({ done, result }));
    // The caller gets the first error through `await`; nobody awaits the others that fail with it.
    done.catch(() => {});
    running.add(done);
  };
  for (;;) {
    while (running.size < most) {
      const next = await source.next();
      if (next.done) break;
      start(next.value);
    }
    if (running.size === 0) return;
    const { done, result } = await Promise.race(running);
    running.delete(done);
    yield result;
  }
}

interface Done<Result> {
  readonly done: Promise<Done<Result>>;
  readonly result: Result;
}
