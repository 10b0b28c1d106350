type Graph = ReadonlyMap<string, readonly string[]>;

export interface Circle {
  /** How many nodes reach each other here. */
  readonly size: number;
  /** A shortest way round among them; its first node stands at the end again. */
  readonly walk: readonly string[];
}

/** The circles of a graph: its strongly connected components of more than one node, by Tarjan's algorithm. */
export function circlesOf(graph: Graph): readonly Circle[] {
  return componentsOf(graph).flatMap((nodes) => {
    const [walk] = nodes
      .map((node) => walkAround(node, graph))
      .filter((each) => each.length > 0)
      .toSorted((a, b) => a.length - b.length);
    return walk ? [{ size: nodes.length, walk }] : [];
  });
}

function componentsOf(graph: Graph): readonly string[][] {
  const index = new Map<string, number>();
  const open: string[] = [];
  const found: string[][] = [];
  const visit = (node: string): number => {
    const own = index.size;
    let lowest = own;
    index.set(node, own);
    open.push(node);
    for (const next of graph.get(node) ?? []) {
      const seen = index.get(next);
      if (seen === undefined) lowest = Math.min(lowest, visit(next));
      else if (open.includes(next)) lowest = Math.min(lowest, seen);
    }
    if (lowest === own) found.push(open.splice(open.indexOf(node)).toSorted());
    return lowest;
  };
  for (const node of graph.keys()) if (!index.has(node)) visit(node);
  return found;
}

/** The shortest way from a node back to itself, by breadth; empty when there is none. */
function walkAround(start: string, graph: Graph): readonly string[] {
  const seen = new Set<string>();
  let walks: (readonly string[])[] = [[start]];
  while (walks.length > 0) {
    const longer: (readonly string[])[] = [];
    for (const walk of walks)
      for (const next of graph.get(walk.at(-1) ?? '') ?? []) {
        if (next === start) return [...walk, start];
        if (seen.has(next)) continue;
        seen.add(next);
        longer.push([...walk, next]);
      }
    walks = longer;
  }
  return [];
}
