/**
 * A lake as readers use it: SQL over Parquet, with either engine.
 *
 * @module
 */
import type { Store } from "../store/store.ts";

/** A value in a row. It has the same type with both engines. */
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
 * Runs SQL. Both engines return the same types: `INTEGER` and `DOUBLE` as number, `BIGINT`,
 * `HUGEINT` and `count(*)` as bigint, timestamps and dates as `Date`, lists as arrays, `NULL`
 * as null.
 */
export interface Queries {
  /**
   * Runs one statement and returns all its rows. `params` contains the value of each `$name` in the
   * statement.
   *
   * @param limit how many milliseconds the statement may take once it has begun; default: no limit.
   * The wasm engine ignores it.
   * @throws {Failure} if the statement is wrong or takes too long, or if the lake cannot be read
   */
  query<R = Row>(sql: string, params?: Record<string, Value>, limit?: number): Promise<R[]>;
  /** Runs one or more statements, and returns nothing. */
  exec(sql: string): Promise<void>;
}

/** An open lake. Calls may overlap; they take turns with one connection. */
export interface Lake extends Queries {
  /** The folder as an absolute path, or `s3://bucket`, without a slash at the end. */
  readonly location: string;
  readonly engine: EngineName;
  /** The files of the lake. */
  readonly store: Store;
  /**
   * Runs `work` in one transaction, without statements of other callers in between. `work` must use
   * its argument for queries. If `work` calls the lake's own methods, they throw, because they
   * would wait for the end of the transaction forever.
   *
   * @throws the error of `work`; then nothing has changed
   *
   * @example
   * ```ts
   * import { openLake } from "./open.ts";
   *
   * const lake = await openLake({ location: await Deno.makeTempDir() });
   * await lake.transaction(async ({ exec }) => {
   *   await exec("create table one as select 1 as n");
   *   await exec("insert into one values (2)");
   * });
   * const [row] = await lake.query<{ n: bigint }>("select count(*) as n from one");
   * if (row?.n !== 2n) throw new Error();
   * await lake.close();
   * ```
   */
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** A connection to DuckDB, for one caller at a time. */
export interface Connection extends Queries {
  close(): Promise<void>;
}
