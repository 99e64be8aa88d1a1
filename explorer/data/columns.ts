/**
 * The columns of the explorer's table, made from whatever columns the lake has.
 *
 * Everything that a chart counts is a small number or an ENUM, so that ten million
 * toots are counted by any of them in some tens of milliseconds.
 *
 * @module
 */

/** Columns that a chart lists the values of. Each becomes an ENUM. */
export const LISTED = [
  "language",
  "app",
  "server",
  "heard",
  "account",
  "media",
  "reply",
  "transport",
  "warning",
  "quote",
] as const;

/** One of {@linkcode LISTED}. */
export type Listed = (typeof LISTED)[number];

/** The name of a missing value. */
export const NOT_STATED = "Not stated";

/** The most values of a column that the page distinguishes; the rest is {@linkcode OTHERS}. */
export const MOST_VALUES = 150;

/** What the rarest values of a column are called together. */
export const OTHERS = "All others";

/** Characters of one bar of the length chart. */
export const LENGTH_STEP = 25;

/** Bars of the length chart; the last holds every longer toot. */
export const LENGTH_BINS = 24;

/**
 * One SELECT over `mastodon_toot` that gives the explorer's columns.
 *
 * @param has the columns that the view has
 * @param names false to leave authors out of the count
 */
export function tootColumnsSql(has: ReadonlySet<string>): string {
  const text = (sql: string) => `coalesce(${sql}, '${NOT_STATED}')`;
  const either = (column: string, yes: string, no: string) =>
    has.has(column)
      ? `case ${column} when true then '${yes}' when false then '${no}' else '${NOT_STATED}' end`
      : `'${NOT_STATED}'`;
  const author = has.has("author_key") ? "coalesce(author_key, author)" : "author";
  const columns: Record<string, string> = {
    id: ID_SQL,
    time: "created_tz",
    observed: "observed_at",
    week_hour: "((isodow(created_tz) - 1) * 24 + hour(created_tz))::UTINYINT",
    characters: "characters",
    length_bin: `least(greatest(characters, 0) // ${LENGTH_STEP}, ${LENGTH_BINS - 1})::UTINYINT`,
    withheld: "withheld is not null",
    bot: "bot",
    author: `case when ${author} is null then null else hash(${author}) end`,
    hashtags: "hashtags",
    language: text(
      "case language when 'unknown' then null else coalesce(language_name, language) end",
    ),
    app: text("nullif(app, '')"),
    server: text("coalesce(origin, from_instance)"),
    // A regular expression would take as long as all other columns together.
    heard: text(
      "nullif(replace(replace(base_url, 'https://', ''), 'http://', ''), '')",
    ),
    account: "case when bot then 'Bots' else 'People' end",
    media: mediaSql(has.has("described_media")),
    reply: either("reply", "Replies", "Own posts"),
    transport: text(
      "case transport when 'stream' then 'Streamed' when 'poll' then 'Polled' " +
        "when 'backfill' then 'Fetched later' when 'replay' then 'Replayed' else transport end",
    ),
    warning: has.has("warning")
      ? either("warning", "With a warning", "Without")
      : either("sensitive", "Marked sensitive", "Not marked"),
    quote: either("quote", "Quotes", "No quote"),
  };
  const list = Object.entries(columns).map(([name, sql]) => `  ${sql} as ${name}`).join(",\n");
  return `select\n${list}\nfrom mastodon_toot`;
}

/** A number that stands for one toot of `mastodon_toot`. */
export const ID_SQL = "hash(base_url, coalesce(status_id, m_id::VARCHAR, uri, url))";

function mediaSql(described: boolean): string {
  const withMedia = described
    ? `when described_media is null then 'With media'
    when described_media >= media then 'All described'
    when described_media > 0 then 'Partly described'
    else 'Not described'`
    : "else 'With media'";
  return `case when media is null then '${NOT_STATED}' when media = 0 then 'No media' ${withMedia} end`;
}
