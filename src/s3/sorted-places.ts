/**
 * The places of texts in the order in which SigV4 sorts them, by their characters; undefined where they are in that order as
 * they stand. No text is there twice.
 */
export function sortedPlaces(texts: readonly string[]): readonly number[] | undefined {
  if (isSorted(texts)) return undefined;
  const places: number[] = [];
  for (let at = 0; at < texts.length; at += 1) places.push(at);
  if (texts.length > FEW) return places.toSorted((one, other) => (isBefore(texts, one, other) ? -1 : 1));
  for (let from = 1; from < places.length; from += 1) {
    let at = from;
    for (; at > 0 && isBefore(texts, from, places[at - 1] as number); at -= 1)
      places[at] = places[at - 1] as number;
    places[at] = from;
  }
  return places;
}

/** So many are sorted faster by moving each to its place. */
const FEW = 16;

/** Most clients sort them. */
function isSorted(texts: readonly string[]): boolean {
  for (let at = 1; at < texts.length; at += 1) if (isBefore(texts, at, at - 1)) return false;
  return true;
}

function isBefore(texts: readonly string[], one: number, other: number): boolean {
  return (texts[one] as string) < (texts[other] as string);
}
