/**
 * Writes texts, lists and files as SQL.
 *
 * @module
 */

/** A text as SQL. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A list of texts as SQL; with `most`, shortened for display. */
export function quoteList(texts: readonly string[], most = Infinity): string {
  if (texts.length <= most) return `[${texts.map(quote).join(", ")}]`;
  const left = texts.length - most;
  return `[${texts.slice(0, most).map(quote).join(", ")}, /* and ${left} more */]`;
}

/**
 * The pattern that matches one path only. DuckDB reads every path as a pattern, and folders
 * may be called `lake [old]` or `what?`.
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
  /** Shows only this many files, for display. Default: all. */
  readonly most?: number | undefined;
  /** Further options of DuckDB's `read_parquet`, such as `filename = true`. */
  readonly more?: readonly string[];
}

/**
 * `read_parquet` of some files, or of the files that `{ pattern }` matches.
 *
 * Every read of the lake goes through this function, because a folder above the lake may be
 * called `app=Tusky`, which must not become a column.
 */
export function readParquet(
  files: readonly string[] | { readonly pattern: string },
  { most, more = [] }: ReadOptions = {},
): string {
  const list = "pattern" in files ? quote(files.pattern) : quoteList(files.map(literalGlob), most);
  return `read_parquet(${[list, "hive_partitioning = false", ...more].join(", ")})`;
}
