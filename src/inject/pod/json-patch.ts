/** RFC 6902: the operations that are used here. */
export type Operation =
  | { readonly op: 'add' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

/**
 * RFC 6901, 3: "the characters '~' (%x7E) and '/' (%x2F) have special meanings in JSON Pointer, [so] '~' needs to be
 * encoded as '~0' and '/' needs to be encoded as '~1'".
 */
export function pointer(...steps: readonly (string | number)[]): string {
  return steps.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** Adds entries to the end or the beginning of a list that may be missing: one that is null counts as that. */
export function addTo(
  list: readonly unknown[] | null | undefined,
  path: readonly (string | number)[],
  entries: readonly unknown[],
  where: 'first' | 'last' = 'last',
): readonly Operation[] {
  if (entries.length === 0) return [];
  if (!list) return [{ op: 'add', path: pointer(...path), value: entries }];
  const ordered = where === 'first' ? entries.toReversed() : entries;
  const at = where === 'first' ? 0 : '-';
  return ordered.map((value) => ({ op: 'add', path: pointer(...path, at), value }));
}

/** Takes entries out of a list: from its end, so that the places of the others stay. */
export function removeFrom<T>(
  list: readonly T[] | null | undefined,
  path: readonly (string | number)[],
  isMeant: (entry: T) => boolean,
): readonly Operation[] {
  const places = [...(list ?? []).entries()].filter(([, entry]) => isMeant(entry));
  return places.toReversed().map(([index]) => ({ op: 'remove', path: pointer(...path, index) }));
}
