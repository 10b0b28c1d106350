/**
 * Finds all of many bucket patterns that match a bucket, in one pass: the patterns are the paths of a tree, and a bucket
 * follows all paths that it fits, symbol by symbol. The cost depends on the length of the bucket name and on how much of
 * it the patterns have in common with it, not on the number of patterns.
 */
export interface GlobIndex<T> {
  /** The values of all patterns that match the whole text. */
  find(text: string): readonly T[];
}

interface Node<T> {
  /** Children by symbol; the children after a `?` or `*` are under these two characters, which are never symbols here. */
  readonly children: Map<string, Node<T>>;
  /** The node follows a `*`, so it accepts any symbol and stays. */
  readonly stays: boolean;
  value?: { readonly of: T };
}

/** Compiled from pattern → value. */
export function globIndex<T>(values: ReadonlyMap<string, T>): GlobIndex<T> {
  const root: Node<T> = { children: new Map(), stays: false };
  for (const [pattern, value] of values) {
    let node = root;
    for (const symbol of pattern.split('')) node = childOf(node, symbol);
    node.value = { of: value };
  }
  return {
    find: (text) => {
      let reached = withStars([root]);
      for (let at = 0; at < text.length && reached.size > 0; at++) reached = step(reached, text.charAt(at));
      return [...reached].flatMap(({ value }) => (value === undefined ? [] : [value.of]));
    },
  };
}

function childOf<T>(node: Node<T>, symbol: string): Node<T> {
  const child = node.children.get(symbol) ?? { children: new Map(), stays: symbol === '*' };
  node.children.set(symbol, child);
  return child;
}

function step<T>(reached: ReadonlySet<Node<T>>, symbol: string): Set<Node<T>> {
  const further: Node<T>[] = [];
  for (const node of reached) {
    if (node.stays) further.push(node);
    for (const way of symbol === '*' || symbol === '?' ? ['?'] : [symbol, '?']) {
      const child = node.children.get(way);
      if (child !== undefined) further.push(child);
    }
  }
  return withStars(further);
}

/** A `*` also matches nothing. */
function withStars<T>(nodes: readonly Node<T>[]): Set<Node<T>> {
  const all = new Set(nodes);
  for (const { children } of all) {
    const star = children.get('*');
    if (star !== undefined) all.add(star);
  }
  return all;
}
