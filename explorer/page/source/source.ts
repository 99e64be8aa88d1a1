/**
 * Where the page has its data from: the server, or the files of a static export.
 *
 * @module
 */
import type { Connector } from "@uwdata/mosaic-core";
import type { ColumnRefNode, FilterExpr, Query } from "@uwdata/mosaic-sql";
import type { About, ShownToot } from "../../data/about.ts";
import type { DimensionName, ListName } from "../dimensions.ts";

export type { About, ShownToot };

/** Where the page has its data from. */
export interface Source {
  readonly connector: Connector;
  about(): Promise<About>;
  /**
   * Counts toots by a dimension; `by` null counts all. Columns: `value`, `n`.
   *
   * @param filteredBy the dimension of the filter, where there can be but one
   */
  counts(
    by: DimensionName | null,
    filter: FilterExpr | null | undefined,
    filteredBy?: DimensionName | undefined,
  ): Query;
  /** A value as a filter compares it; undefined if the lake does not have it. */
  encode(name: ListName, label: string): string | number | undefined;
  /** What a value of {@linkcode counts} is called. */
  decode(name: DimensionName, value: unknown): string | number;
  /** Takes over what the lake holds now. */
  know(about: About): void;
  /** The column that a filter by a dimension looks at. */
  field(name: DimensionName): ColumnRefNode;
  /** True where a filter takes the place of the one before. */
  readonly oneFilter: boolean;
  /** Null in a static export, which holds no toots. */
  readonly server: ServerSource | null;
}

/** What only a server can do. */
export interface ServerSource {
  /** The toots with some ids. */
  toots(ids: readonly string[]): Promise<ShownToot[]>;
  /** Finds the toots with a word; resolves with how many there are. */
  word(word: string): Promise<number>;
  /** Calls `about` whenever something is new, `problem` where the lake cannot be read. */
  updates(about: (about: About) => void, problem: (message: string) => void): void;
}
