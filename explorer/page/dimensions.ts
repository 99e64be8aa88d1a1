/**
 * What the page counts toots by. Each is a chart, and each chart is a filter.
 *
 * @module
 */

/** A dimension whose values are listed with bars. */
export interface ListDimension {
  readonly name: ListName;
  readonly title: string;
  /** What one value is called: `a language`. */
  readonly one: string;
  /** A sentence under the title. */
  readonly note?: string;
  /** Rows that are shown at first. */
  readonly rows: number;
}

/** Names of the listed dimensions, which are columns of the table. */
export type ListName =
  | "language"
  | "app"
  | "server"
  | "heard"
  | "account"
  | "media"
  | "reply"
  | "transport"
  | "warning"
  | "quote"
  | "hashtag";

/** Lists with a card of their own. */
export const WIDE: readonly ListDimension[] = [
  {
    name: "language",
    title: "Languages",
    one: "language",
    note: "as the author’s app states it",
    rows: 10,
  },
  {
    name: "app",
    title: "Apps",
    one: "app",
    note: "as the home server tells",
    rows: 10,
  },
  { name: "server", title: "Home servers", one: "home server", note: "of the authors", rows: 10 },
  { name: "hashtag", title: "Hashtags", one: "hashtag", note: "a toot may have several", rows: 10 },
];

/** Short lists, in one card. */
export const NARROW: readonly ListDimension[] = [
  { name: "account", title: "Accounts", one: "kind of account", rows: 3 },
  { name: "reply", title: "Replies", one: "kind of toot", rows: 3 },
  { name: "media", title: "Media, described", one: "kind of media", rows: 5 },
  { name: "warning", title: "Content warnings", one: "kind of warning", rows: 3 },
  { name: "quote", title: "Quotes", one: "kind of quote", rows: 3 },
  { name: "transport", title: "How we heard of it", one: "way of hearing", rows: 5 },
  { name: "heard", title: "Heard from", one: "server we listen to", rows: 5 },
];

/** All listed dimensions by name. */
export const LISTS: ReadonlyMap<string, ListDimension> = new Map(
  [...WIDE, ...NARROW].map((dimension) => [dimension.name, dimension]),
);

/** Every dimension that can be filtered by. */
export type DimensionName = ListName | "slot" | "week_hour" | "length_bin" | "word";

/** The days of {@linkcode DimensionName} `week_hour`, hour 0 of which is Monday, 00:00. */
export const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;
