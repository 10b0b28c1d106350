/**
 * Works on what a source gives, at most `most` pieces at a time, and yields the results as they are done. The source
 * is asked for its next piece only when there is room: memory is bounded however long it is.
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
    // Whoever awaits it hears of the error; the others that fail with it have nobody to tell.
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
