/**
 * What the queries of a page may cost.
 *
 * @module
 */

/** The limits of the explorer's databases. */
export interface Limits {
  /**
   * The time in milliseconds that one statement of a page may take, and reading the toots that the
   * page shows. Default: 10,000.
   */
  readonly time?: number;
  /** The time in milliseconds that a search for a word may take. Default: 60,000. */
  readonly wordTime?: number;
  /** The maximum number of toots that may contain a word. Default: 3,000,000. */
  readonly hits?: number;
  /**
   * The memory limit of each of the two DuckDBs. Default: `4GB` for this one, and DuckDB's own for
   * the one that reads the lake.
   */
  readonly memory?: string;
  /** The maximum number of values of one answer, in all its columns. Default: 100,000. */
  readonly values?: number;
}

/** The default limits. */
export const LIMITS = {
  time: 10_000,
  wordTime: 60_000,
  hits: 3_000_000,
  memory: "4GB",
  values: 100_000,
} satisfies Limits;
