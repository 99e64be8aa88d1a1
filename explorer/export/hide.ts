/**
 * Decides which counts of a static export are published, so that nobody can compute a count of
 * fewer than five authors by adding and subtracting published counts.
 *
 * Hiding the small counts is not enough, because a row of a table and its total reveal a single
 * hidden count. So further counts are hidden. Consider a graph: its nodes are the rows and columns
 * of a table, and its edges are the hidden counts. The totals of some rows, minus the totals of
 * some columns, reveal the sum of the edges between these rows and the other columns, minus the sum
 * of the edges between the other rows and these columns. If edges with at least five authors each
 * connect the two ends of a small edge, then each such result that contains the small edge contains
 * one of them too.
 *
 * Missing values are hidden like small counts. Counts by one dimension are a table with one row,
 * and the totals of its columns are unknown.
 *
 * @module
 */
import { authorsOf, type Cell, FEWEST_AUTHORS, isBig } from "./cell.ts";
import { connect, type Edge } from "./connect.ts";
import { findTies, type Part, type Ties } from "./known-parts.ts";

/** A row or a column of a table, or a part of it whose sum is known. */
interface Line {
  readonly name: string;
  /** The row or column that the part belongs to. */
  readonly whole: string;
  readonly parts: readonly Part[];
}

/** The name that stands for all values without a published total. */
const REST = "\0rest";

/**
 * The node of all rows or columns whose totals nobody knows. A toot can have several hashtags, so
 * the counts of hashtags do not add up to a known total.
 */
const UNKNOWN: Line = { name: "\0unknown", whole: "\0unknown", parts: [] };

/** Sets `shown` of all counts. */
export function hideSmall(cells: readonly Cell[]): void {
  const tables = new Map<string, Cell[]>();
  const totals = new Map<string, Cell>();
  for (const cell of cells) {
    const { a, value, b, other, people } = cell;
    cell.shown = value !== "" && other !== "" && authorsOf(people) >= FEWEST_AUTHORS;
    if (a === "all") totals.set(`${b}\0${other}`, cell);
    const name = `${a}\0${b}`;
    if (!tables.has(name)) tables.set(name, []);
    tables.get(name)!.push(cell);
  }
  const published = (name: string, value: string) =>
    name === "all" || totals.get(`${name}\0${value}`)!.shown;
  const ties = findTies(cells);
  for (let changed = true; changed;) {
    changed = false;
    for (const table of tables.values()) {
      const { a, b } = table[0]!;
      for (const cell of table) {
        if (a === "all" && b !== "all") continue;
        cell.shown &&= published(a, cell.value) && published(b, cell.other);
      }
      if (a !== b && `${a} ${b}` !== "all hashtag" && protect(table, published, ties)) {
        changed = true;
      }
    }
  }
}

/** Hides further counts of a table. Returns true if it has hidden any. */
function protect(
  table: readonly Cell[],
  published: (name: string, value: string) => boolean,
  ties: Ties,
): boolean {
  const { a, b } = table[0]!;
  const knownParts = ties.known();
  const lineOf = (name: string, value: string, by: string, byValue: string): Line => {
    const whole = published(name, value) ? value : REST;
    // The values without a published total may be in parts whose totals are known.
    const parts = whole === REST
      ? knownParts("all", "all", name, value)
      : knownParts(name, value, by, byValue);
    return { name: [whole, ...parts.map(({ name }) => name)].join("\0"), whole, parts };
  };
  const edges: Edge<Cell>[] = [];
  const merged = new Map<string, Edge<Cell>>();
  const hidden = new Map<string, Cell[]>();
  const lines = new Map<string, Line>();
  /** The row or column of each node. */
  const wholeOf = new Map<string, string>();
  const known = new Map<string, Set<Part>>();
  for (const cell of table) {
    const { value, other, shown } = cell;
    const row = b === "hashtag" ? UNKNOWN : lineOf(a, value, b, other);
    const column = a === "all" ? UNKNOWN : lineOf(b, other, a, value);
    // The total of a hashtag that is not published is unknown too.
    if (row === UNKNOWN && column.whole === REST) continue;
    const ends = [`row\0${row.name}`, `column\0${column.name}`] as const;
    const wholes = [`row\0${row.whole}`, `column\0${column.whole}`] as const;
    [row, column].forEach((line, at) => {
      const { parts } = line;
      lines.set(ends[at]!, line);
      wholeOf.set(ends[at]!, wholes[at]!);
      if (parts.length === 0) return;
      if (!known.has(wholes[at]!)) known.set(wholes[at]!, new Set());
      for (const part of parts) known.get(wholes[at]!)!.add(part);
    });
    if (shown) {
      edges.push({ ends, cells: [cell], hidden: false, big: true });
      continue;
    }
    const key = ends.join("\0\0");
    if (!merged.has(key)) merged.set(key, { ends, cells: [], hidden: true, big: false });
    merged.get(key)!.cells.push(cell);
    [row, column].forEach((line, at) => {
      if (line === UNKNOWN) return;
      if (!hidden.has(ends[at]!)) hidden.set(ends[at]!, []);
      hidden.get(ends[at]!)!.push(cell);
    });
  }
  for (const edge of merged.values()) edges.push({ ...edge, big: isBig(edge.cells) });
  let changed = false;
  const hide = (cell: Cell) => {
    changed ||= cell.shown;
    cell.shown = false;
  };
  const { hide: chosen, apart } = connect(edges);
  for (const { ends, cells: [cell] } of chosen) {
    hide(cell!);
    for (const end of ends) hidden.get(end)?.push(cell!);
  }
  // The hidden counts of a known part, and those of the rest of its row or column, must have enough
  // authors too, and known parts must not divide the graph. Otherwise one count of each part of the
  // row or column is hidden, so that the sums of the parts are no longer known.
  const few = [...hidden].filter(([, cells]) => !isBig(cells)).map(([end]) => end);
  /** Whether a group of nodes is like a table of its own, which no known part divides. */
  const isTable = (group: readonly string[]) =>
    (["row", "column"] as const).every((side) => {
      const ends = group.filter((end) => end.startsWith(side))
        .filter((end) => ![REST, UNKNOWN.whole].includes(lines.get(end)!.whole));
      const most = side === "row" ? ties.count(a, b) : ties.count(b, a);
      return ends.every((end) => !known.has(wholeOf.get(end)!)) ||
        new Set(ends.map((end) => lines.get(end)!.parts.map(({ name }) => name).join())).size ===
              1 &&
          lines.get(ends[0]!)!.parts.length === most;
    });
  const divided = apart.filter((group) => !isTable(group)).flat();
  for (const end of [...few, ...divided]) {
    for (const part of known.get(wholeOf.get(end)!) ?? []) {
      const shown = part.cells.filter(({ shown }) => shown).sort((one, two) => one.n - two.n);
      if (shown.length === part.cells.length) hide(shown[0]!);
    }
  }
  return changed;
}
