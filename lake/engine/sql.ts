/**
 * Texts, lists and files in SQL.
 *
 * @module
 */

/** A text in SQL. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A list of texts in SQL; with `most`, shortened for people to read. */
export function quoteList(texts: readonly string[], most = Infinity): string {
  if (texts.length <= most) return `[${texts.map(quote).join(", ")}]`;
  const left = texts.length - most;
  return `[${texts.slice(0, most).map(quote).join(", ")}, /* and ${left} more */]`;
}

/**
 * The pattern that matches one path only. DuckDB takes every path that it reads for
 * a pattern, and folders may be called `lake [old]` or `what?`.
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

/** How {@linkcode readParquet} reads. */
export interface ReadOptions {
  /** Shows only so many files, for people to read. Default: all. */
  readonly most?: number | undefined;
  /** Further options of DuckDB's `read_parquet`, such as `filename = true`. */
  readonly more?: readonly string[];
}

/**
 * `read_parquet` of some files, or of the files that `{ pattern }` matches.
 *
 * Every file of the lake is read by this, so that a folder above the lake whose name
 * looks like `app=Tusky` never becomes a column.
 */
export function readParquet(
  files: readonly string[] | { readonly pattern: string },
  { most, more = [] }: ReadOptions = {},
): string {
  const list = "pattern" in files ? quote(files.pattern) : quoteList(files.map(literalGlob), most);
  return `read_parquet(${[list, "hive_partitioning = false", ...more].join(", ")})`;
}
