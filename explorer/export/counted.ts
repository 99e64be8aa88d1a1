/**
 * Counts the toots of a static export, and chooses the counts that are published.
 *
 * @module
 */
import { FIXED, LISTED } from "../data/columns.ts";
import type { Locked } from "../data/locked.ts";
import { type Cell, isBig, type People } from "./cell.ts";
import { hideSmall } from "./hide.ts";
import { countedSql, PEOPLE_SQL } from "./pairs-sql.ts";

/** Totals that the page shows; null if they are not published. */
export interface Totals {
  readonly withheld: number | null;
  readonly bots: number | null;
}

/** Creates the tables `counted` and `shown` of `pairs-sql.ts`. */
export async function writeCounted(database: Pick<Locked, "own" | "change">): Promise<Totals> {
  for (const statement of countedSql()) await database.own(statement);
  const reader = await database.own(
    "select rowid, a, value, b, other, n::DOUBLE, people_0, people_1 from counted order by rowid",
  );
  const rows = reader.getRows() as [
    bigint,
    string,
    string,
    string,
    string,
    number,
    bigint,
    bigint,
  ][];
  const cells = rows.map(([id, a, value, b, other, n, one, two]): Cell & { id: bigint } => {
    return { id, a, value, b, other, n, people: [one, two], shown: false };
  });
  hideSmall(cells);
  await database.change(async (connection) => {
    await connection.run("create or replace table shown (id BIGINT)");
    const appender = await connection.createAppender("shown");
    for (const { id, shown } of cells) {
      if (!shown) continue;
      appender.appendBigInt(id);
      appender.endRow();
    }
    appender.closeSync();
  });
  const totals = cells.filter(({ a }) => a === "all");
  const code = String(FIXED.account.values.indexOf("Bots"));
  const bots = totals.find(({ b, other }) => b === "account" && other === code);
  return {
    bots: bots === undefined ? 0 : bots.shown ? bots.n : null,
    withheld: await countWithheld(database, totals),
  };
}

/**
 * Counts the withheld toots. Returns null if that would reveal a group of too few authors. For
 * example, withheld toots have no app, so the number of toots without an app, minus that of the
 * withheld toots, is the number of other toots without an app.
 */
async function countWithheld(
  database: Pick<Locked, "own">,
  totals: readonly Cell[],
): Promise<number | null> {
  let withheld = 0;
  for (const name of LISTED) {
    const reader = await database.own(
      `select coalesce(${name}::VARCHAR, '') as value, withheld, count(*)::DOUBLE as n, ${PEOPLE_SQL}
      from counted_toot group by 1, 2`,
    );
    const rows = reader.getRows() as [string, boolean, number, bigint, bigint][];
    const counts = rows.map(([value, withheld, n, one, two]) => {
      const people: People = [one, two];
      return { value, withheld, n, people };
    });
    type Counts = typeof counts;
    const sum = (list: Counts) => list.reduce((sum, { n }) => sum + n, 0);
    const few = (list: Counts) => list.length > 0 && !isBig(list);
    withheld = sum(counts.filter(({ withheld }) => withheld));
    if (withheld === 0) return 0;
    for (const side of [true, false]) {
      const inside = counts.filter(({ withheld }) => withheld === side);
      if (few(inside)) return null;
      const values = Map.groupBy(counts, ({ value }) => value);
      for (const [value, list] of values) {
        const both = list.filter(({ withheld }) => withheld === side);
        const outside = list.filter(({ withheld }) => withheld !== side);
        const shown = totals.find(({ b, other }) => b === name && other === value)!.shown;
        // If the whole side has this value, its number reveals the toots with this value on the other
        // side, or a hidden total. If all toots with this value are on this side, it reveals the rest
        // of the side.
        if (sum(both) === sum(inside) && (few(outside) || (!shown && outside.length === 0))) {
          return null;
        }
        if (shown && outside.length === 0 && few(inside.filter((count) => !both.includes(count)))) {
          return null;
        }
      }
    }
  }
  return withheld;
}
