/**
 * Fills a database with the explorer's tables from one Parquet file.
 *
 * @module
 */
import type { DuckDBConnection } from "@duckdb/node-api";
import type { Contents } from "./about.ts";
import { LISTED, type Listed, MOST_VALUES, OTHERS } from "./columns.ts";
import { timeScale } from "./time-steps.ts";

/** Hashtags that the page counts. */
const MOST_HASHTAGS = 300;

/** Makes the tables `toot`, `toot_tag` and `word`. */
export async function fill(connection: DuckDBConnection, file: string): Promise<Contents> {
  const source = `read_parquet('${file.replaceAll("'", "''")}')`;
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
  const time = timeScale(begin(all), all["last"] ?? Date.now());

  const list = async (sql: string) =>
    (await connection.runAndReadAll(sql)).getRows().map(([value]) => String(value));
  const ranked = (column: string, from: string) =>
    list(`select ${column} from ${from} group by 1 order by count(*) desc, 1`);
  for (const column of LISTED) {
    await connection.run(
      `create type ${column}_value as enum (
        select value from (
          select ${column} as value from ${source} group by 1 order by count(*) desc, 1 limit ${MOST_VALUES}
        )
        union select '${OTHERS}'
      )`,
    );
  }
  const listed = LISTED.map((column) =>
    `coalesce(try_cast(${column} as ${column}_value), '${OTHERS}'::${column}_value) as ${column}`
  );
  await connection.run(
    `create table toot as
    select * exclude (hashtags, ${LISTED.join(", ")}),
      case when epoch_ms(time) >= ${time.start}
        then ((epoch_ms(time) - ${time.start}) // ${time.step})::USMALLINT end as slot,
      ${listed.join(", ")}
    from ${source}`,
  );
  await connection.run(
    `create type hashtag_value as enum (
      select hashtag from (select unnest(hashtags) as hashtag from ${source})
      group by 1 order by count(*) desc, 1 limit ${MOST_HASHTAGS}
    )`,
  );
  await connection.run(
    `create table toot_tag as
    select toot.*, tag.hashtag
    from (
      select distinct id, try_cast(hashtag as hashtag_value) as hashtag
      from (select id, unnest(hashtags) as hashtag from ${source})
    ) as tag
    join toot on toot.id = tag.id
    where hashtag is not null`,
  );
  const values: Partial<Record<Listed | "hashtag", string[]>> = {
    hashtag: await ranked("hashtag", "toot_tag"),
  };
  for (const column of LISTED) values[column] = await ranked(column, "toot");
  await connection.run("create table word (word VARCHAR, id UBIGINT)");
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
    values: values as Contents["values"],
  };
}

/** Where the time chart begins: at the first toot, unless hardly any are that old. */
function begin({ first, usual, last }: Record<string, number | null>): number {
  if (first == null || usual == null || last == null) return Date.now();
  return usual - first > (last - usual) / 2 ? usual : first;
}
