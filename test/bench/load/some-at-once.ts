/** So many handshakes at once: more would only wait for each other. */
const AT_ONCE = 32;

/** Makes so many of something, some at once. @throws the first failure, when those that were begun have ended */
export async function someAtOnce<T>(count: number, make: () => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  let begun = 0;
  const go = async (): Promise<void> => {
    while (begun < count) {
      begun += 1;
      made.push(await make());
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: AT_ONCE }, go));
  const failure = ended.find((one) => one.status === 'rejected');
  if (failure) throw failure.reason;
  return made;
}
