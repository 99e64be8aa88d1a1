/**
 * What the server tells the page. Types only: the page is checked without Deno's own.
 *
 * @module
 */
import type { Listed } from "./columns.ts";
import type { TimeScale } from "./time-steps.ts";

/** What the page is told before it draws, and again whenever something is new. */
export interface About {
  /** The lake's name, for the title. */
  readonly lake: string;
  /** How `--lake` names it; empty in a static export. */
  readonly location: string;
  /** Another one: the tables have changed. */
  readonly version: number;
  readonly contents: Contents;
  /** How many toots have each value, for each dimension: what the page draws first. */
  readonly counts: Readonly<Record<string, readonly Counted[]>>;
  readonly live: Live;
  /** True where texts are shown and can be searched. */
  readonly texts: boolean;
  /** Characters of one bar of the length chart. */
  readonly lengthStep: number;
  /** When a static export was written, milliseconds since 1970; null on a live page. */
  readonly exported: number | null;
}

/** A value, as the tables have it, and how many toots have it. */
export type Counted = readonly [value: number | string | null, n: number];

/** What the explorer's tables hold. */
export interface Contents {
  readonly toots: number;
  readonly withheld: number;
  readonly bots: number;
  /** Accounts that are known apart, by a hash. */
  readonly authors: number;
  readonly time: TimeScale;
  /** The first and last time, milliseconds since 1970; null in an empty lake. */
  readonly first: number | null;
  readonly last: number | null;
  /** Toots that are older than the time chart begins. */
  readonly earlier: number;
  /**
   * The values of each listed column. On a live page, the tables have the place of a value
   * in this list instead of the value.
   */
  readonly values: Readonly<Record<Listed | "hashtag", readonly string[]>>;
}

/** What the page shows beside the charts. */
export interface Live {
  /** Toots heard in the last minute and hour, streamed or polled. */
  readonly lastMinute: number;
  readonly lastHour: number;
  /** Milliseconds between posted and observed, the median of the last hour; null without toots. */
  readonly lag: number | null;
  /** When the last toot was observed, milliseconds since 1970; null in an empty lake. */
  readonly lastObserved: number | null;
  /** Empty where the lake has no coverage records. */
  readonly servers: readonly Covered[];
}

/** One timeline of one server. */
export interface Covered {
  /** Its host. */
  readonly server: string;
  readonly timeline: string;
  /** True where the last record says covered or filled, and is recent. */
  readonly covered: boolean;
  /** Until when, milliseconds since 1970. */
  readonly until: number;
  /** Why it is not covered. */
  readonly cause: string | null;
}

/** A toot as the table of the newest ones shows it. */
export interface ShownToot {
  readonly id: string;
  /** When it was posted, milliseconds since 1970. */
  readonly time: number;
  /** The author; null where withheld or hashed. */
  readonly author: string | null;
  readonly server: string | null;
  /** The page of the toot, http or https; null where there is none. */
  readonly url: string | null;
  /** Null where withheld, and where texts are not shown at all. */
  readonly text: string | null;
  readonly language: string | null;
  readonly app: string | null;
  readonly withheld: boolean;
  readonly bot: boolean;
}
