/**
 * The source of the page's data: the server, or the files of a static export.
 *
 * @module
 */
import type { Connector } from "@uwdata/mosaic-core";
import type { ColumnRefNode, FilterExpr, Query } from "@uwdata/mosaic-sql";
import type { About, ShownToot } from "../../data/about.ts";
import type { DimensionName, ListName } from "../dimensions.ts";

export type { About, ShownToot };

/** The source of the page's data. */
export interface Source {
  readonly connector: Connector;
  about(): Promise<About>;
  /**
   * Writes the query that counts the filtered toots by a dimension. Its columns are `value` and
   * `n`. If `by` is null, it counts all filtered toots, and its only column is `n`.
   *
   * @param filteredBy the dimension of the filter, if there can be only one
   */
  counts(
    by: DimensionName | null,
    filter: FilterExpr | null | undefined,
    filteredBy?: DimensionName | undefined,
  ): Query;
  /** Returns a value in the form that filters compare; undefined if the lake does not have it. */
  encode(name: ListName, label: string): string | number | undefined;
  /** Returns the name of a value that a query of {@linkcode counts} returned. */
  decode(name: DimensionName, value: unknown): string | number;
  /** Updates the source with the present contents of the lake. */
  know(about: About): void;
  /** Returns the column that a filter by a dimension compares. */
  field(name: DimensionName): ColumnRefNode;
  /** True if only one filter is possible, so that a new filter replaces the one before. */
  readonly oneFilter: boolean;
  /** The server; null in a static export, which contains no toots. */
  readonly server: ServerSource | null;
}

/** The answer to a query. */
export interface Table {
  /** Returns the values of a column; null if there is no such column. */
  getChild(name: string): Iterable<unknown> | null;
}

/** The methods that need a server. */
export interface ServerSource {
  /**
   * Answers a query that takes long. Mosaic passes on answers in the order of their queries, so a
   * query that takes long would delay all charts. The server stops the query if the signal is
   * aborted.
   */
  table(query: Query, signal: AbortSignal): Promise<Table>;
  /** Reads the toots with the given ids. */
  toots(ids: readonly string[], signal: AbortSignal): Promise<ShownToot[]>;
  /** Searches for toots with a word. Resolves with their number. */
  word(word: string): Promise<number>;
  /**
   * Calls `about` after each check of the lake, and `problem` if the lake cannot be read or the
   * server does not answer.
   */
  updates(about: (about: About) => void, problem: (message: string) => void): void;
}
