/**
 * A chart as Mosaic's client: it says what it counts, and is given the counts.
 *
 * @module
 */
import {
  type Coordinator,
  MosaicClient,
  type QueryError,
  type Selection,
} from "@uwdata/mosaic-core";
import type { FilterExpr, Query } from "@uwdata/mosaic-sql";
import type { DimensionName } from "../dimensions.ts";
import { dimensionOf } from "../filters.ts";
import type { About, Source } from "../source/source.ts";

/** Counts by value. */
export type Counts = ReadonlyMap<string | number, number>;

/** What a chart's counts go to. */
export interface Drawn {
  /** Counts of all toots, to compare the selection with. */
  all(counts: Counts): void;
  /** Counts of the selected toots. */
  selected(counts: Counts): void;
}

interface CountTable {
  getChild(name: string): Iterable<unknown> | null;
}

function countsOf(table: unknown, by: DimensionName | null, { decode }: Source): Counts {
  const columns = table as CountTable;
  const numbers = [...columns.getChild("n") ?? []] as number[];
  if (by === null) return new Map([["all", numbers[0] ?? 0]]);
  const values = [...columns.getChild("value") ?? []];
  return new Map(numbers.map((n, at) => [decode(by, values[at]), n]));
}

/** Puts the counts of all toots where Mosaic looks for answers that it had before. */
export function knowCounts(
  coordinator: Coordinator,
  { counts, contents }: About,
  source: Source,
): void {
  const answers = Object.entries(counts).map(([by, rows]): [DimensionName | null, CountTable] => [
    by as DimensionName,
    { getChild: (name) => rows.map(([value, n]) => name === "n" ? n : value) },
  ]);
  answers.push([null, { getChild: () => [contents.toots] }]);
  for (const [by, table] of answers) {
    coordinator.manager.cache().set(String(source.counts(by, null)), table, 0);
  }
}

/** One chart's counts, kept up to date by Mosaic. */
export class CountClient extends MosaicClient {
  constructor(
    private readonly by: DimensionName | null,
    private readonly source: Source,
    private readonly chart: Drawn,
    private readonly failed: (error: Error) => void,
  ) {
    super();
  }

  /** Says what filters it, which has to know all clients first. */
  follow(selection: Selection): void {
    this._filterBy = selection;
  }

  /**
   * Mosaic says nothing to the chart of the filter that was changed last, as it shows the
   * right counts already. Where it shows none yet, or old ones, it asks with all other filters.
   */
  override requestQuery(query?: Query): Promise<unknown> | null {
    return super.requestQuery(query ?? this.query(this._filterBy?.predicate(this, true)));
  }

  override query(filter?: FilterExpr | null): Query {
    const clause = this._filterBy?.clauses.find((clause) => !clause.clients?.has(this));
    return this.source.counts(this.by, filter, clause && dimensionOf(clause));
  }

  /** Counts all toots anew. */
  async countAll(coordinator: Coordinator): Promise<void> {
    const table = await coordinator.query(this.source.counts(this.by, null));
    this.chart.all(countsOf(table, this.by, this.source));
  }

  override queryResult(data: unknown): this {
    this.chart.selected(countsOf(data, this.by, this.source));
    return this;
  }

  override queryError(error: QueryError): this {
    this.failed(error);
    return this;
  }
}
