/**
 * Positions labels so that they do not overlap.
 *
 * @module
 */

/**
 * Moves positions as little as possible, until the distance between any two is at least `gap`.
 * Labels that are too close are spread around their common middle, in their order.
 *
 * @param lowest the largest allowed position: the lowest on the page, as `y` grows downwards
 * @returns the positions in their original order
 *
 * @example
 * ```ts
 * import { spread } from "./spread.ts";
 *
 * if (spread([100, 102, 10], 16, 400).join() !== "93,109,10") throw new Error();
 * ```
 */
export function spread(places: readonly number[], gap: number, lowest: number): number[] {
  interface Cluster {
    members: number[];
    start: number;
  }
  const order = places.map((_, i) => i).sort((a, b) => places[a]! - places[b]! || a - b);
  const clusters: Cluster[] = [];
  for (const i of order) {
    let cluster: Cluster = { members: [i], start: places[i]! };
    for (
      let before = clusters.at(-1);
      before && before.start + before.members.length * gap > cluster.start;
      before = clusters.at(-1)
    ) {
      clusters.pop();
      const members = [...before.members, ...cluster.members];
      const middle = members.reduce((sum, member, rank) => sum + places[member]! - rank * gap, 0);
      cluster = { members, start: middle / members.length };
    }
    clusters.push(cluster);
  }
  const moved = new Array<number>(places.length);
  let limit = lowest;
  for (const { members, start } of clusters.toReversed()) {
    const first = Math.min(start, limit - (members.length - 1) * gap);
    members.forEach((member, rank) => moved[member] = first + rank * gap);
    limit = first - gap;
  }
  return moved;
}
