/**
 * A lake as its readers see it: SQL over Parquet, whichever engine runs it.
 *
 * @module
 */

/** A value in a row, whichever engine read it. */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Date
  | Value[]
  | { [field: string]: Value };

/** A row of a result: column name to value. */
export type Row = Record<string, Value>;

/** The engines that can read a lake. */
export type EngineName = "native" | "wasm";

/**
 * An open lake. Values come back alike from every engine: `INTEGER` and
 * `DOUBLE` as number, `BIGINT`, `HUGEINT` and `count(*)` as bigint, timestamps
 * and dates as `Date`, lists as arrays, `NULL` as null.
 */
export interface Lake {
  /** Where it lies: a folder, or `s3://bucket`, without a slash at the end. */
  readonly location: string;
  readonly engine: EngineName;
  /**
   * Runs one statement and returns all its rows. `params` fill `$name`.
   *
   * @throws {Failure} where the statement or the lake is at fault
   */
  query<R = Row>(sql: string, params?: Record<string, Value>): Promise<R[]>;
  /** Runs one or more statements, and returns nothing. */
  exec(sql: string): Promise<void>;
  close(): Promise<void>;
}
