/**
 * Writes texts, lists and files as SQL.
 *
 * @module
 */

/** Writes a text as an SQL literal. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/**
 * Writes the conversion of a TIMESTAMPTZ to a TIMESTAMP in UTC. A cast returns the same, but takes
 * four times as long, because it asks ICU for the time zone of each value.
 *
 * @example
 * ```ts
 * import { utc } from "./sql.ts";
 *
 * if (utc("posted_at") !== "make_timestamp(epoch_us(posted_at))") throw new Error();
 * ```
 */
export const utc = (time: string): string => `make_timestamp(epoch_us(${time}))`;

/** Writes a list of texts as SQL. For display, `most` limits the number of texts. */
export function quoteList(texts: readonly string[], most = Infinity): string {
  if (texts.length <= most) return `[${texts.map(quote).join(", ")}]`;
  const left = texts.length - most;
  return `[${texts.slice(0, most).map(quote).join(", ")}, /* and ${left} more */]`;
}

/**
 * Returns the pattern that matches only `path`. DuckDB reads every path as a pattern, and the name
 * of a folder may be `lake [old]` or `what?`.
 *
 * @example
 * ```ts
 * import { literalGlob } from "./sql.ts";
 *
 * if (literalGlob("/lake [old]/a.parquet") !== "/lake [[]old]/a.parquet") throw new Error();
 * ```
 */
export function literalGlob(path: string): string {
  return path.replace(/[[*?]/g, "[$&]");
}

/** Options of {@linkcode readParquet}. */
export interface ReadOptions {
  /**
   * The maximum number of files that the SQL names, for SQL that is only shown to people. Default:
   * all.
   */
  readonly most?: number | undefined;
  /** Further options of DuckDB's `read_parquet`, such as `filename = true`. */
  readonly more?: readonly string[];
}

/**
 * Writes `read_parquet` of some files, or of the files that `{ pattern }` matches.
 *
 * All SQL that reads the lake uses this function. Without the option `hive_partitioning = false`,
 * DuckDB would add the column `app` if a folder above the lake is named `app=Tusky`.
 */
export function readParquet(
  files: readonly string[] | { readonly pattern: string },
  { most, more = [] }: ReadOptions = {},
): string {
  const list = "pattern" in files ? quote(files.pattern) : quoteList(files.map(literalGlob), most);
  return `read_parquet(${[list, "hive_partitioning = false", ...more].join(", ")})`;
}
