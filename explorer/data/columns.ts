/**
 * The columns of the explorer's table. They are computed from the lake's columns.
 *
 * Every column that a chart counts contains small numbers, so that counting ten million toots takes
 * only tens of milliseconds. If a column has a list of values, number `n` stands for the value at
 * index `n`.
 *
 * @module
 */

/** The name that charts show for a missing value. */
export const NOT_STATED = "Not stated";

/** The name that stands for all values that a column does not list. Its number is always 0. */
export const OTHERS = "All others";

/** The number of characters that a bar of the length chart spans. */
export const LENGTH_STEP = 25;

/** The number of bars of the length chart. The last bar also contains all longer toots. */
export const LENGTH_BINS = 24;

/** A column with a fixed list of values. */
interface FixedColumn {
  readonly values: readonly string[];
  /** The SQL expression that computes the index in `values`. */
  readonly code: string;
}

const either = (column: string, yes: string, no: string): FixedColumn => ({
  values: [OTHERS, no, yes, NOT_STATED],
  code: `case ${column} when false then 1 when true then 2 else 3 end`,
});

/** The columns with a fixed list of values. */
export const FIXED = {
  account: {
    values: [OTHERS, "People", "Bots"],
    code: "case when bot then 2 else 1 end",
  },
  media: {
    values: [
      ...[OTHERS, "No media", "With media", "All described", "Partly described"],
      ...["Not described", NOT_STATED],
    ],
    code: `case when media is null then 6 when media = 0 then 1
      when described_media is null then 2 when described_media >= media then 3
      when described_media > 0 then 4 else 5 end`,
  },
  reply: either("reply", "Replies", "Own posts"),
  // Records of earlier versions lack `warning`, so their toots are counted by `sensitive` instead.
  warning: {
    values: [OTHERS, "Without", "With a warning", "Not marked", "Marked sensitive", NOT_STATED],
    code: `case when warning then 2 when not warning then 1
      when sensitive then 4 when not sensitive then 3 else 5 end`,
  },
  quote: either("quote", "Quotes", "No quote"),
} satisfies Record<string, FixedColumn>;

/**
 * Writes the SQL that reads a column of names, some of which may be hashed (`--hash-authors`). It
 * gives null in place of a hash, because a hash says nothing to a reader.
 */
export const readableSql = (column: string) =>
  `case when not starts_with(${column}, 'hmac-sha256:') then ${column} end`;

/** The SQL of an author's home server; null if it is unknown or hashed. */
export const SERVER_SQL = `case when origin is null then from_instance
  else ${readableSql("origin")} end`;

/** The columns whose values come from the lake, as SQL expressions. */
export const FREE = {
  language: stated(
    "case language when 'unknown' then null else coalesce(language_name, language) end",
  ),
  app: stated("nullif(app, '')"),
  server: stated(SERVER_SQL),
  // A regular expression would take as much time as the expressions of all other columns together.
  heard: stated("nullif(replace(replace(base_url, 'https://', ''), 'http://', ''), '')"),
  transport: stated(
    "case transport when 'stream' then 'Streamed' when 'poll' then 'Polled' " +
      "when 'backfill' then 'Fetched later' when 'replay' then 'Replayed' else transport end",
  ),
} as const;

function stated(sql: string): string {
  return `coalesce(${sql}, '${NOT_STATED}')`;
}

/** The columns whose values are listed in a chart. */
export const LISTED = [
  ...["language", "app", "server", "heard", "account", "media", "reply", "transport"] as const,
  ...["warning", "quote"] as const,
];

/** One of {@linkcode LISTED}. */
export type Listed = (typeof LISTED)[number];

/**
 * The maximum number of values of a column that the page distinguishes. All others become
 * {@linkcode OTHERS}.
 */
export const MOST_VALUES = 250;

/** The maximum number of hashtags that the page counts. */
export const MOST_HASHTAGS = 500;

/**
 * Writes the SQL of a toot's id: the number `n` of its file in the upper 32 bits, and the row in
 * that file in the lower 32 bits.
 */
export const idSql = (n: string, row: string) => `((${n}::UBIGINT << 32) + ${row}::UBIGINT)`;

/** The columns without a list of values, with their types and SQL expressions. */
export const PLAIN: Readonly<Record<string, readonly [type: string, sql: string]>> = {
  time: ["TIMESTAMP", "created_tz"],
  observed: ["TIMESTAMP", "observed_at"],
  week_hour: ["UTINYINT", "(isodow(created_tz) - 1) * 24 + hour(created_tz)"],
  characters: ["INTEGER", "characters"],
  length_bin: [
    "UTINYINT",
    `least(greatest(characters, 0) // ${LENGTH_STEP}, ${LENGTH_BINS - 1})`,
  ],
  withheld: ["BOOLEAN", "withheld is not null"],
  bot: ["BOOLEAN", "bot"],
};

/**
 * The SQL that computes the hash of an author's key, or else of the name; null if both are unknown.
 */
export const AUTHOR_SQL =
  "case when coalesce(author_key, author) is not null then hash(coalesce(author_key, author)) end";
