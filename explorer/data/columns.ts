/**
 * The columns of the explorer's table, made from the lake's.
 *
 * Everything that a chart counts is a small number, so that ten million toots are
 * counted by any of them in some tens of milliseconds. What the numbers of a column
 * stand for is its list of values: number `n` is the value at place `n`.
 *
 * @module
 */

/** The name of a missing value. */
export const NOT_STATED = "Not stated";

/** What the rarest values of a column are called together; number 0 of each column. */
export const OTHERS = "All others";

/** Characters of one bar of the length chart. */
export const LENGTH_STEP = 25;

/** Bars of the length chart; the last holds every longer toot. */
export const LENGTH_BINS = 24;

/** A column whose values are known beforehand. */
interface FixedColumn {
  readonly values: readonly string[];
  /** The SQL of the number. */
  readonly code: string;
}

const either = (column: string, yes: string, no: string): FixedColumn => ({
  values: [OTHERS, no, yes, NOT_STATED],
  code: `case ${column} when false then 1 when true then 2 else 3 end`,
});

/** Columns whose values are known beforehand. */
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
  // Records of earlier versions do not tell whether there is a warning.
  warning: {
    values: [OTHERS, "Without", "With a warning", "Not marked", "Marked sensitive", NOT_STATED],
    code: `case when warning then 2 when not warning then 1
      when sensitive then 4 when not sensitive then 3 else 5 end`,
  },
  quote: either("quote", "Quotes", "No quote"),
} satisfies Record<string, FixedColumn>;

/** Columns with whatever values the lake has, as SQL. */
export const FREE = {
  language: stated(
    "case language when 'unknown' then null else coalesce(language_name, language) end",
  ),
  app: stated("nullif(app, '')"),
  server: stated("coalesce(origin, from_instance)"),
  // A regular expression would take as long as all other columns together.
  heard: stated("nullif(replace(replace(base_url, 'https://', ''), 'http://', ''), '')"),
  transport: stated(
    "case transport when 'stream' then 'Streamed' when 'poll' then 'Polled' " +
      "when 'backfill' then 'Fetched later' when 'replay' then 'Replayed' else transport end",
  ),
} as const;

function stated(sql: string): string {
  return `coalesce(${sql}, '${NOT_STATED}')`;
}

/** Columns that a chart lists the values of. */
export const LISTED = [
  ...["language", "app", "server", "heard", "account", "media", "reply", "transport"] as const,
  ...["warning", "quote"] as const,
];

/** One of {@linkcode LISTED}. */
export type Listed = (typeof LISTED)[number];

/** The most values that the page distinguishes; the rest is {@linkcode OTHERS}. */
export const MOST_VALUES = 250;

/** Hashtags that the page counts. */
export const MOST_HASHTAGS = 500;

/** The number of a toot: that of its file and its row there. */
export const idSql = (n: string, row: string) => `((${n}::UBIGINT << 32) + ${row}::UBIGINT)`;

/** The other columns as SQL, with their types. */
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

/** The number of an author's name or key; null where neither is known. */
export const AUTHOR_SQL =
  "case when coalesce(author_key, author) is not null then hash(coalesce(author_key, author)) end";
