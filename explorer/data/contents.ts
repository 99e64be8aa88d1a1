/**
 * Reads the contents of the tables: the numbers and the counts that the page shows first.
 *
 * @module
 */
import type { About, Contents } from "./about.ts";
import { FIXED, LISTED, type Listed, OTHERS } from "./columns.ts";
import type { Locked } from "./locked.ts";
import { numbersOf } from "./tables.ts";

/**
 * The dimensions that are counted. `hashtag` is in the table `toot_tag`, all others are in `toot`.
 */
const COUNTED = ["slot", "week_hour", "length_bin", ...LISTED, "hashtag"] as const;

/** Reads the totals, the time scale, and the values of the columns. */
export async function readContents(database: Pick<Locked, "own">): Promise<Contents> {
  const rows = async (sql: string) => numbersOf(await database.own(sql));
  const [[all], [scale]] = await Promise.all([
    rows(
      `select count(*) as toots, count(*) filter (where withheld) as withheld,
        count(*) filter (where bot) as bots,
        (select count(*) from author where toots > 0) as authors,
        epoch_ms(min(time)) as first, epoch_ms(max(time)) as last, max(slot) as slot
      from toot`,
    ),
    rows("select start, step from scale"),
  ]);
  const { toots, withheld, bots, authors, first, last, slot } = all!;
  return {
    toots: toots!,
    withheld: withheld!,
    bots: bots!,
    authors: authors!,
    time: {
      start: scale?.["start"] ?? Date.now(),
      step: scale?.["step"] ?? 60_000,
      slots: (slot ?? 0) + 1,
    },
    first: first!,
    last: last!,
    values: await readValues(database),
  };
}

/** Counts all toots by each dimension. */
export async function readCounts(database: Pick<Locked, "own">): Promise<About["counts"]> {
  const counted = await Promise.all(COUNTED.map(async (name) => {
    const table = name === "hashtag" ? "toot_tag" : "toot";
    const reader = await database.own(`select ${name}, count(*) from ${table} group by 1`);
    const rows = reader.getRows().map(([value, n]) =>
      [value === null ? null : Number(value), Number(n)] as const
    );
    return [name, rows] as const;
  }));
  return Object.fromEntries(counted);
}

type Values = Record<Listed | "hashtag", string[]>;

async function readValues(database: Pick<Locked, "own">): Promise<Values> {
  const values = Object.fromEntries(
    [...LISTED, "hashtag" as const].map((name) => [name, [OTHERS]]),
  ) as Values;
  for (const [name, column] of Object.entries(FIXED)) {
    values[name as Listed] = [...column.values];
  }
  const reader = await database.own("select name, value from saved_value order by name, code");
  for (const [name, value] of reader.getRows()) values[name as Listed].push(String(value ?? ""));
  return values;
}

/** The contents and counts, which are saved for the next run. */
export type Saved = Pick<About, "contents" | "counts">;

/** Saves the contents and counts. */
export async function save(database: Pick<Locked, "own">, saved: Saved): Promise<void> {
  await database.own("delete from saved_snapshot");
  await database.own("insert into saved_snapshot values ($json)", { json: JSON.stringify(saved) });
}

/** Reads the saved contents and counts; null if there are none. */
export async function readSaved(database: Pick<Locked, "own">): Promise<Saved | null> {
  const reader = await database.own("select json from saved_snapshot");
  const json = reader.getRows()[0]?.[0];
  return json === undefined ? null : JSON.parse(String(json));
}
