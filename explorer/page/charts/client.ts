/**
 * A chart as a client of Mosaic. It says what it counts, and receives the counts.
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
import { dimensionOf } from "../filters/filters.ts";
import type { About, Source, Table } from "../source/source.ts";

/** The counts of toots by value. */
export type Counts = ReadonlyMap<string | number, number>;

/** Returns the sum of all counts. */
export function sum(counts: Counts): number {
  let total = 0;
  for (const n of counts.values()) total += n;
  return total;
}

/** The receiver of a chart's counts. */
export interface Drawn {
  /** Receives the counts of all toots, which the selection is compared with. */
  all(counts: Counts): void;
  /** Receives the counts of the selected toots. */
  selected(counts: Counts): void;
}

function countsOf(table: unknown, by: DimensionName | null, { decode }: Source): Counts {
  const columns = table as Table;
  const numbers = [...columns.getChild("n") ?? []] as number[];
  if (by === null) return new Map([["all", numbers[0] ?? 0]]);
  const values = [...columns.getChild("value") ?? []];
  return new Map(numbers.map((n, at) => [decode(by, values[at]), n]));
}

/** Puts the counts of all toots into Mosaic's cache, so that Mosaic need not query them. */
export function knowCounts(
  coordinator: Coordinator,
  { counts, contents }: About,
  source: Source,
): void {
  const answers = Object.entries(counts).map(([by, rows]): [DimensionName | null, Table] => [
    by as DimensionName,
    { getChild: (name) => rows.map(([value, n]) => name === "n" ? n : value) },
  ]);
  answers.push([null, { getChild: () => [contents.toots] }]);
  for (const [by, table] of answers) {
    coordinator.manager.cache().set(String(source.counts(by, null)), table, 0);
  }
}

/** The counts of one chart. Mosaic keeps them up to date. */
export class CountClient extends MosaicClient {
  constructor(
    private readonly by: DimensionName | null,
    private readonly source: Source,
    private readonly chart: Drawn,
    private readonly failed: (error: Error) => void,
  ) {
    super();
  }

  /**
   * Connects the client with the selection that filters it. All clients must exist before this
   * call, because the clauses of the selection name the clients that they do not filter.
   */
  follow(selection: Selection): void {
    this._filterBy = selection;
  }

  /**
   * Mosaic does not update the chart whose filter was changed last, because that chart already
   * shows the right counts. If the chart shows no counts yet, or old counts, this method queries
   * them with all filters except the chart's own.
   */
  override requestQuery(query?: Query): Promise<unknown> | null {
    return super.requestQuery(query ?? this.query(this._filterBy?.predicate(this, true)));
  }

  override query(filter?: FilterExpr | null): Query {
    const clause = this._filterBy?.clauses.find((clause) => !clause.clients?.has(this));
    return this.source.counts(this.by, filter, clause && dimensionOf(clause));
  }

  /** Queries the counts of all toots and passes them to the chart. */
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
