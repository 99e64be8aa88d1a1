/**
 * Chooses further counts to hide, so that nobody can compute the small hidden counts; see
 * `hide.ts`.
 *
 * @module
 */

/** An edge of the graph of a table. */
export interface Edge<Cell = { readonly n: number }> {
  /** The node of the row, and that of the column. */
  readonly ends: readonly [string, string];
  /** The counts that the edge stands for. */
  readonly cells: Cell[];
  readonly hidden: boolean;
  /** True if the counts together have enough authors. */
  readonly big: boolean;
}

/** The result of {@linkcode connect}. */
export interface Connected<Cell> {
  /** The edges to hide. */
  readonly hide: readonly Edge<Cell>[];
  /** The nodes of each part of the graph that only small hidden edges hold together. */
  readonly apart: readonly (readonly string[])[];
}

/**
 * Chooses big edges to hide. Afterwards, within each part of the graph that big edges connect,
 * hidden big edges connect all nodes that have a small hidden edge. Edges with small counts are
 * preferred.
 */
export function connect<Cell extends { readonly n: number }>(
  edges: readonly Edge<Cell>[],
): Connected<Cell> {
  const ends = new Set(edges.filter(({ big }) => !big).flatMap(({ ends }) => ends));
  if (ends.size === 0) return { hide: [], apart: [] };
  const cost = ({ hidden, cells }: Edge<Cell>) => hidden ? 0 : cells[0]!.n;
  const cheapest = edges.filter(({ big }) => big)
    .sort((one, two) => cost(one) - cost(two) || (one.ends.join() < two.ends.join() ? -1 : 1));
  const tree = spanningForest(cheapest);
  const hidden: Edge<Cell>[] = [];
  const reached = new Set<string>();
  for (const root of tree.keys()) {
    if (reached.has(root)) continue;
    // Each node with the edge to its parent, parents first.
    const nodes: { name: string; up: Edge<Cell> | null }[] = [{ name: root, up: null }];
    reached.add(root);
    for (const { name } of nodes) {
      for (const [other, up] of tree.get(name)!) {
        if (reached.has(other)) continue;
        reached.add(other);
        nodes.push({ name: other, up });
      }
    }
    const inPart = nodes.filter(({ name }) => ends.has(name)).length;
    if (inPart === 0) continue;
    if (inPart === 1) {
      // A single node with a small edge needs a big hidden edge too.
      const [alone] = nodes.filter(({ name }) => ends.has(name));
      const [first] = [...tree.get(alone!.name)!.values()];
      if (!first!.hidden) hidden.push(first!);
      continue;
    }
    const below = new Map(nodes.map(({ name }) => [name, ends.has(name) ? 1 : 0]));
    for (const { name, up } of nodes.reverse()) {
      if (up === null) continue;
      const count = below.get(name)!;
      const parent = up.ends[0] === name ? up.ends[1] : up.ends[0];
      below.set(parent, below.get(parent)! + count);
      if (count > 0 && count < inPart && !up.hidden) hidden.push(up);
    }
  }
  return { hide: hidden, apart: nodesApart(edges) };
}

/**
 * Finds the nodes of those parts of the graph that only small hidden edges hold together: edges
 * between two parts that big edges connect, or between two nodes without a big edge.
 */
function nodesApart(edges: readonly Pick<Edge, "ends" | "big">[]): string[][] {
  const byBig = new Sets();
  const inPart = new Set<string>();
  for (const { ends, big } of edges) {
    if (!big) continue;
    byBig.join(...ends);
    ends.forEach((name) => inPart.add(name));
  }
  const byAny = new Sets();
  const apart = new Set<string>();
  const parts = new Map<string, Set<string>>();
  for (const { ends } of edges) byAny.join(...ends);
  for (const { ends, big } of edges) {
    const whole = byAny.find(ends[0]);
    const names = ends.filter((name) => inPart.has(name)).map((name) => byBig.find(name));
    // An edge between two nodes without a big edge is apart from everything.
    if (!big && names.length === 0) apart.add(whole);
    parts.set(whole, (parts.get(whole) ?? new Set()).union(new Set(names)));
  }
  for (const [whole, { size }] of parts) if (size > 1) apart.add(whole);
  const all = new Set(edges.flatMap(({ ends }) => ends));
  const groups = Map.groupBy(all, (name) => byAny.find(name));
  return [...groups].filter(([whole]) => apart.has(whole)).map(([, names]) => names);
}

/** Returns the edges of a forest by node and neighbour. The first edges are preferred. */
function spanningForest<E extends Pick<Edge, "ends">>(
  edges: readonly E[],
): Map<string, Map<string, E>> {
  const sets = new Sets();
  const tree = new Map<string, Map<string, E>>();
  const neighbours = (name: string) => {
    if (!tree.has(name)) tree.set(name, new Map());
    return tree.get(name)!;
  };
  for (const edge of edges) {
    const [row, column] = edge.ends;
    if (!sets.join(row, column)) continue;
    neighbours(row).set(column, edge);
    neighbours(column).set(row, edge);
  }
  return tree;
}

/** Disjoint sets of texts. */
export class Sets {
  #parent = new Map<string, string>();

  /** Returns the text that stands for the set of a text. */
  find(text: string): string {
    let root = text;
    for (let next; (next = this.#parent.get(root)) !== undefined;) root = next;
    while (text !== root) {
      const next = this.#parent.get(text)!;
      this.#parent.set(text, root);
      text = next;
    }
    return root;
  }

  /** Joins two sets. Returns false if they are one set already. */
  join(one: string, two: string): boolean {
    const [a, b] = [this.find(one), this.find(two)];
    if (a === b) return false;
    this.#parent.set(a, b);
    return true;
  }
}
