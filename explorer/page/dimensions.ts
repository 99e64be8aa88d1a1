/**
 * The dimensions by which the page counts toots. Each dimension has a chart, and each chart is a
 * filter.
 *
 * @module
 */

/** A dimension whose values are listed with bars. */
export interface ListDimension {
  readonly name: ListName;
  readonly title: string;
  /** The name of one value, such as `language`. */
  readonly one: string;
  /** The note under the title. */
  readonly note?: string;
  /** The number of rows that are shown at first. */
  readonly rows: number;
}

/** The names of the listed dimensions. Each is a column of the table `toot`, or of `toot_tag`. */
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

/** The lists with a card of their own. */
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
    note: "as the home server states it",
    rows: 10,
  },
  { name: "server", title: "Home servers", one: "home server", note: "of the authors", rows: 10 },
  { name: "hashtag", title: "Hashtags", one: "hashtag", note: "a toot may have several", rows: 10 },
];

/** The short lists, which share one card. */
export const NARROW: readonly ListDimension[] = [
  { name: "account", title: "Accounts", one: "kind of account", rows: 3 },
  { name: "reply", title: "Replies", one: "kind of toot", rows: 3 },
  { name: "media", title: "Media, described", one: "kind of media", rows: 5 },
  { name: "warning", title: "Content warnings", one: "kind of warning", rows: 3 },
  { name: "quote", title: "Quotes", one: "kind of quote", rows: 3 },
  { name: "transport", title: "How they arrived", one: "way of arrival", rows: 5 },
  { name: "heard", title: "Heard from", one: "server we listen to", rows: 5 },
];

/** All listed dimensions by name. */
export const LISTS: ReadonlyMap<string, ListDimension> = new Map(
  [...WIDE, ...NARROW].map((dimension) => [dimension.name, dimension]),
);

/** Every dimension that can be filtered by. */
export type DimensionName = ListName | "slot" | "week_hour" | "length_bin" | "word";

/** The days of the dimension `week_hour`. Its hour 0 is Monday, 00:00. */
export const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;
