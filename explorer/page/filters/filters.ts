/**
 * The filters of the page, one for each dimension. They are stored in Mosaic's selection and in the
 * page's address, so that a link restores them.
 *
 * @module
 */
import {
  clausePoints,
  type ClauseSource,
  type MosaicClient,
  Selection,
  type SelectionClause,
} from "@uwdata/mosaic-core";
import type { TimeScale } from "../../data/time-steps.ts";
import { among, between, type ClauseOptions } from "./clauses.ts";
import { type DimensionName, type ListName, LISTS } from "../dimensions.ts";
import { lengthBars, NO_BARS, type Range, timeBars } from "./ranges.ts";
import type { Source } from "../source/source.ts";

/** The values of all filters. */
export interface FilterState {
  time?: Range | undefined;
  length?: Range | undefined;
  /** The hours of the week. 0 is Monday, 00:00. */
  hours?: readonly number[] | undefined;
  words?: readonly string[] | undefined;
  lists: Partial<Record<ListName, readonly string[]>>;
}

/** The scales that ranges are rounded to. */
export interface Scales {
  readonly time: TimeScale;
  readonly lengthStep: number;
  readonly lengthBins: number;
}

/** The maximum number of values of a list that a link may select. A link can come from anybody. */
const MOST_VALUES = 100;

type Clients = ReadonlyMap<DimensionName, MosaicClient>;

/** The filters of the page. */
export class Filters {
  /** Mosaic's selection. Each chart is filtered by all filters except its own. */
  readonly selection: Selection;
  readonly state: FilterState = { lists: {} };
  /** Called after each change. */
  onchange: () => void = () => {};
  #sources = new Map<DimensionName, ClauseSource>();

  constructor(
    public scales: Scales,
    private readonly clients: Clients,
    private readonly source: Pick<Source, "encode" | "field" | "oneFilter">,
  ) {
    this.selection = source.oneFilter ? Selection.single({ cross: true }) : Selection.crossfilter();
  }

  /** Returns the names of the dimensions with a filter. */
  active(): DimensionName[] {
    const { time, length, hours, words, lists } = this.state;
    const names: DimensionName[] = Object.keys(lists) as ListName[];
    if (time) names.unshift("slot");
    if (length) names.push("length_bin");
    if (hours) names.push("week_hour");
    if (words) names.push("word");
    return names;
  }

  /** Selects a range of time. Null clears the filter. */
  setTime(range: Range | null): void {
    this.state.time = range ?? undefined;
    this.#update("slot");
  }

  /** Selects a range of characters. Null clears the filter. */
  setLength(range: Range | null): void {
    this.state.length = range ?? undefined;
    this.#update("length_bin");
  }

  /** Selects hours of the week. An empty list clears the filter. */
  setHours(hours: readonly number[]): void {
    this.state.hours = hours.length > 0 ? [...hours].sort((a, b) => a - b) : undefined;
    this.#update("week_hour");
  }

  /** Selects words that the server has already searched for. An empty list clears the filter. */
  setWords(words: readonly string[]): void {
    this.state.words = words.length > 0 ? words : undefined;
    this.#update("word");
  }

  /** Selects values of a list. An empty list clears the filter. */
  setValues(name: ListName, values: readonly string[]): void {
    if (values.length > 0) this.state.lists[name] = values;
    else delete this.state.lists[name];
    this.#update(name);
  }

  /** Adds or removes one value of a list. */
  toggle(name: ListName, value: string): void {
    const values = this.state.lists[name] ?? [];
    this.setValues(
      name,
      values.includes(value) ? values.filter((other) => other !== value) : [...values, value],
    );
  }

  /** Clears one filter. */
  clear(name: DimensionName): void {
    if (name === "slot") this.setTime(null);
    else if (name === "length_bin") this.setLength(null);
    else if (name === "week_hour") this.setHours([]);
    else if (name === "word") this.setWords([]);
    else this.setValues(name, []);
  }

  /** Clears all filters. */
  reset(): void {
    for (const name of this.active()) this.clear(name);
  }

  /** Lets Mosaic prepare tables of counts before a filter changes. */
  activate(name: DimensionName): void {
    this.selection.activate(this.#clause(name, true));
  }

  /** Updates all filters after the scales have changed. */
  renew(): void {
    for (const name of this.active()) this.selection.update(this.#clause(name, false, true));
  }

  /** Whether the selection that is being applied comes from `renew`, and not from the user. */
  get renews(): boolean {
    return (this.selection.active?.meta as { renewed?: boolean } | undefined)?.renewed === true;
  }

  #update(name: DimensionName): void {
    if (this.source.oneFilter) {
      const { time, length, hours, lists } = this.state;
      this.state.time = name === "slot" ? time : undefined;
      this.state.length = name === "length_bin" ? length : undefined;
      this.state.hours = name === "week_hour" ? hours : undefined;
      for (const other of Object.keys(lists) as ListName[]) {
        if (other !== name) delete lists[other];
      }
    }
    this.selection.update(this.#clause(name));
    this.onchange();
  }

  /** Returns the clause of a filter. With `example`, an unset filter gets an example value. */
  #clause(name: DimensionName, example = false, renewed = false): SelectionClause {
    let source = this.#sources.get(name);
    if (!source) this.#sources.set(name, source = { reset: () => {} });
    const client = this.clients.get(name);
    const options = { source, ...(client ? { clients: new Set([client]) } : {}) };
    const clause = this.#plainClause(name, example, options);
    const meta = { type: "none", ...clause.meta, dimension: name, renewed };
    return { ...clause, meta };
  }

  #plainClause(name: DimensionName, example: boolean, options: ClauseOptions): SelectionClause {
    const field = this.source.field(name);
    const bars = (range: Range | undefined, bars: Range | null) =>
      range ? bars ?? NO_BARS : example ? [0, 0] as const : null;
    switch (name) {
      case "slot":
        return between(field, bars(this.state.time, this.timeSlots()), options);
      case "length_bin":
        return between(field, bars(this.state.length, this.lengthBins()), options);
      case "week_hour": {
        const hours = this.state.hours ?? (example ? [0] : null);
        return clausePoints([field], hours?.map((hour) => [hour]), options);
      }
      case "word":
        return among("word", "word", this.state.words, options);
      default: {
        if (name === "hashtag" && !this.source.oneFilter) {
          return among("toot_tag", name, this.#known(name), options);
        }
        const values = this.#known(name) ?? (example ? [0] : null);
        return clausePoints([field], values?.map((value) => [value]), options);
      }
    }
  }

  /** Returns the selected values that exist in the lake, in the form that filters compare. */
  #known(name: ListName): readonly (string | number)[] | undefined {
    return this.state.lists[name]
      ?.map((label) => this.source.encode(name, label))
      .filter((value) => value !== undefined);
  }

  /**
   * Returns the selected bars of the time chart, both ends included; null if there is no filter, or
   * if its range is outside the chart.
   */
  timeSlots(): Range | null {
    return this.state.time ? timeBars(this.state.time, this.scales.time) : null;
  }

  /** Returns the selected bars of the length chart in the same way. */
  lengthBins(): Range | null {
    const { lengthStep, lengthBins } = this.scales;
    return this.state.length ? lengthBars(this.state.length, lengthStep, lengthBins) : null;
  }

  /**
   * Returns all filters as the query of an address. If `preaggregate` is false, the query contains
   * `preaggregate=off`.
   */
  toSearch(preaggregate = true): string {
    const { time, length, hours, words, lists } = this.state;
    const search = new URLSearchParams();
    if (time) {
      search.set(
        "time",
        time.map((t) => new Date(t).toISOString().slice(0, 16)).join(".."),
      );
    }
    if (length) search.set("length", length.join(".."));
    if (hours) search.set("hours", hours.join("."));
    for (const word of words ?? []) search.append("word", word);
    for (const [name, values] of Object.entries(lists)) {
      for (const value of values) search.append(name, value);
    }
    if (!preaggregate) search.set("preaggregate", "off");
    const text = search.toString();
    return text && `?${text}`;
  }

  /** Sets all filters except the words from the query of an address. Invalid parts are ignored. */
  fromSearch(text: string): void {
    const search = new URLSearchParams(text);
    const range = (name: string, read: (part: string) => number): Range | null => {
      const [from, to] = (search.get(name) ?? "").split("..").map(read);
      return from !== undefined && to !== undefined && from < to ? [from, to] : null;
    };
    const time = range("time", (part) => Date.parse(`${part}Z`));
    if (time) this.setTime(time);
    const length = range("length", Number);
    if (length) this.setLength(length);
    const hours = (search.get("hours") ?? "").split(".").filter(Boolean).map(Number)
      .filter((hour) => Number.isInteger(hour) && hour >= 0 && hour < 168);
    if (hours.length > 0) this.setHours([...new Set(hours)]);
    for (const name of LISTS.keys() as Iterable<ListName>) {
      const values = [...new Set(search.getAll(name))].slice(0, MOST_VALUES);
      if (values.length > 0) this.setValues(name, values);
    }
  }
}

/** Returns the dimension that a clause of this page filters by. */
export function dimensionOf({ meta }: SelectionClause): DimensionName | undefined {
  return (meta as { dimension?: DimensionName } | undefined)?.dimension;
}
