/**
 * Fills a database with the explorer's tables from one Parquet file.
 *
 * @module
 */
import type { DuckDBConnection } from "@duckdb/node-api";
import { quote } from "../../lake/engine/sql.ts";
import type { Contents } from "./about.ts";
import { LISTED, type Listed, MOST_VALUES, OTHERS } from "./columns.ts";
import { timeScale } from "./time-steps.ts";

/** Hashtags that the page counts. */
const MOST_HASHTAGS = 300;

/**
 * Makes the tables `toot`, `toot_tag` and `word`.
 *
 * @param slots how many bars the time chart has at most
 */
export async function fill(
  connection: DuckDBConnection,
  file: string,
  slots?: number,
): Promise<Contents> {
  const source = `read_parquet(${quote(file)})`;
  const row = async (sql: string) =>
    (await connection.runAndReadAll(sql)).getRowObjectsJS()[0] as Record<string, number | null>;

  const all = await row(
    `select count(*)::DOUBLE as toots, count(*) filter (where withheld)::DOUBLE as withheld,
      count(*) filter (where bot)::DOUBLE as bots, count(distinct author)::DOUBLE as authors,
      epoch_ms(min(time))::DOUBLE as first, epoch_ms(max(time))::DOUBLE as last,
      epoch_ms(quantile_disc(time, 0.002))::DOUBLE as usual
    from ${source}`,
  );
  // A few very old toots must not press all others into one bar.
  const time = timeScale(begin(all), all["last"] ?? Date.now(), slots);

  const values = await rankedValues(connection, source);
  const types = [...LISTED, "hashtag" as const].map((column) => {
    // No value of the lake reaches the statement but as a quoted text.
    const list = [...values[column], OTHERS].map((value) => quote(value));
    return `create type ${column}_value as enum (${[...new Set(list)].join(", ")});`;
  });
  await connection.run(types.join("\n"));
  const listed = LISTED.map((column) =>
    `coalesce(try_cast(${column} as ${column}_value), '${OTHERS}'::${column}_value) as ${column}`
  );
  await connection.run(
    `create table toot as
    select * exclude (hashtags, ${LISTED.join(", ")}),
      case when epoch_ms(time) >= ${time.start}
        then ((epoch_ms(time) - ${time.start}) // ${time.step})::USMALLINT end as slot,
      ${listed.join(", ")}
    from ${source};
    create table toot_tag as
    select toot.*, tag.hashtag
    from (
      select distinct id, try_cast(hashtag as hashtag_value) as hashtag
      from (select id, unnest(hashtags) as hashtag from ${source})
    ) as tag
    join toot on toot.id = tag.id
    where hashtag is not null;
    create table word (word VARCHAR, id UBIGINT);`,
  );
  const { n } = await row("select count(*)::DOUBLE as n from toot where slot is null");

  return {
    toots: all["toots"]!,
    withheld: all["withheld"]!,
    bots: all["bots"]!,
    authors: all["authors"]!,
    time,
    first: all["first"]!,
    last: all["last"]!,
    earlier: n!,
    values: withOthers(values),
  };
}

type Values = Record<Listed | "hashtag", string[]>;

/** The most frequent values of each column, in one pass over the file. */
async function rankedValues(connection: DuckDBConnection, source: string): Promise<Values> {
  const part = (column: string, most: number, from: string) =>
    `(select '${column}' as name, ${column}::VARCHAR as value, count(*) as n from ${from}
      group by 2 order by n desc, value limit ${most})`;
  const parts = LISTED.map((column) => part(column, MOST_VALUES, source));
  parts.push(
    part("hashtag", MOST_HASHTAGS, `(select unnest(hashtags) as hashtag from ${source})`),
  );
  const reader = await connection.runAndReadAll(
    `select name, value from (${parts.join(" union all ")}) order by n desc, value`,
  );
  const values = Object.fromEntries(
    [...LISTED, "hashtag"].map((name) => [name, []]),
  ) as unknown as Values;
  for (const [name, value] of reader.getRows()) {
    if (value !== null) values[name as Listed].push(String(value));
  }
  return values;
}

/** Adds the name of the rest where a column has more values than are told apart. */
function withOthers(values: Values): Values {
  for (const column of LISTED) {
    if (values[column].length === MOST_VALUES) values[column].push(OTHERS);
  }
  return values;
}

/** Where the time chart begins: at the first toot, unless hardly any are that old. */
function begin({ first, usual, last }: Record<string, number | null>): number {
  if (first == null || usual == null || last == null) return Date.now();
  return usual - first > (last - usual) / 2 ? usual : first;
}
