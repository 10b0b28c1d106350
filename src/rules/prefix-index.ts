/**
 * Finds the longest of many prefixes of a text. The number of look-ups is the binary logarithm of the number of different
 * lengths, however many prefixes there are. A look-up at one length says whether to try longer ones: for that, every prefix
 * leaves a mark at the lengths that a search for it visits. (Waldvogel et al., "Scalable High Speed IP Routing Lookups", 1997)
 */
export interface PrefixIndex<T> {
  longest(text: string): T | undefined;
  /** What is found for every text; undefined where that depends on the text. */
  readonly ofAll: T | undefined;
}

/** Compiled from prefix → value. */
export function prefixIndex<T>(values: ReadonlyMap<string, T>): PrefixIndex<T> {
  const [first] = values;
  if (first !== undefined && values.size === 1) {
    const [prefix, value] = first;
    return {
      longest: (text) => (text.startsWith(prefix) ? value : undefined),
      ofAll: prefix === '' ? value : undefined,
    };
  }
  const lengths = [...new Set([...values.keys()].map(({ length }) => length))].toSorted((a, b) => a - b);
  const marks = new Set<string>();
  for (const prefix of values.keys()) {
    for (const length of searched(lengths, prefix.length)) marks.add(prefix.slice(0, length));
  }
  const found = bestOf(values, [...marks].toSorted());
  return {
    ofAll: undefined,
    longest: (text) => {
      let best: T | undefined;
      let [from, to] = [0, lengths.length];
      while (from < to) {
        const middle = (from + to) >> 1;
        const length = lengths[middle] as number;
        const mark = length <= text.length ? found.get(text.slice(0, length)) : undefined;
        if (mark === undefined) to = middle;
        else {
          best = mark.best;
          from = middle + 1;
        }
      }
      return best;
    },
  };
}

/** The lengths up to `length` that a search for a prefix of that length visits. */
function* searched(lengths: readonly number[], length: number): Generator<number> {
  let [from, to] = [0, lengths.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    const at = lengths[middle] as number;
    if (at <= length) yield at;
    if (at === length) return;
    if (at < length) from = middle + 1;
    else to = middle;
  }
}

/** For each mark, the value of the longest prefix that it begins with: in sorted order, that prefix comes before it. */
function bestOf<T>(
  values: ReadonlyMap<string, T>,
  marks: readonly string[],
): ReadonlyMap<string, { readonly best: T | undefined }> {
  const open: { prefix: string; best: T | undefined }[] = [];
  const found = new Map<string, { readonly best: T | undefined }>();
  for (const mark of marks) {
    while (open.length > 0 && !mark.startsWith(open.at(-1)?.prefix ?? '')) open.pop();
    const best = values.has(mark) ? values.get(mark) : open.at(-1)?.best;
    if (values.has(mark)) open.push({ prefix: mark, best });
    found.set(mark, { best });
  }
  return found;
}
