/**
 * The data that the server sends to the page. This file contains only types. It must not need
 * Deno's types, because the page imports it too.
 *
 * @module
 */
import type { Listed } from "./columns.ts";
import type { TimeScale } from "./time-steps.ts";

/** The data that the page gets before it draws, and again after each check of the lake. */
export interface About {
  /** The lake's name, for the title. */
  readonly lake: string;
  /** The lake's location for `--lake`; empty in a static export. */
  readonly location: string;
  /** The version of the tables, which changes whenever the tables change. */
  readonly version: number;
  readonly contents: Contents;
  /** The counts of toots by value, for each dimension. The page draws them first. */
  readonly counts: Readonly<Record<string, readonly Counted[]>>;
  readonly live: Live;
  /** True if texts are shown and can be searched. */
  readonly texts: boolean;
  /** The number of characters that a bar of the length chart spans. */
  readonly lengthStep: number;
  /** When the static export was written, in milliseconds since 1970; null on a live page. */
  readonly exported: number | null;
}

/** A value as the tables contain it, and the number of toots that have it. */
export type Counted = readonly [value: number | string | null, n: number];

/** The contents of the explorer's tables. */
export interface Contents {
  readonly toots: number;
  /** Null if a static export does not publish it, because it would reveal too few authors. */
  readonly withheld: number | null;
  /** Null in the same case. */
  readonly bots: number | null;
  /** The number of different authors. A hash of the author's key or name tells them apart. */
  readonly authors: number;
  readonly time: TimeScale;
  /**
   * The times of the first and the last toot, in milliseconds since 1970; null in an empty lake. In
   * a static export, they are the start of the first bar and the end of the last bar instead.
   */
  readonly first: number | null;
  readonly last: number | null;
  /**
   * The values of each listed column. On a live page, the tables contain the index of a value in
   * this list instead of the value.
   */
  readonly values: Readonly<Record<Listed | "hashtag", readonly string[]>>;
}

/** The live numbers that the page shows beside the charts. */
export interface Live {
  /**
   * The number of toots that were streamed or polled in the last minute, and in the last hour,
   * without withheld toots.
   */
  readonly lastMinute: number;
  readonly lastHour: number;
  /**
   * The median time from posting to arrival, in milliseconds, of the toots that were streamed or
   * polled in the last hour, without withheld toots; null if there are none.
   */
  readonly lag: number | null;
  /** When the last toot arrived, in milliseconds since 1970; null in an empty lake. */
  readonly lastObserved: number | null;
  /** The timelines and their coverage; empty if the lake has no coverage records. */
  readonly servers: readonly Covered[];
}

/** The coverage of one timeline of one server. */
export interface Covered {
  /** The server's host. */
  readonly server: string;
  readonly timeline: string;
  /**
   * True if the last coverage record says covered or filled, and its span ended less than five
   * minutes ago.
   */
  readonly covered: boolean;
  /** The end of the span of the last coverage record, in milliseconds since 1970. */
  readonly until: number;
  /** Why the timeline is not covered; null if it is covered, or if the reason is unknown. */
  readonly cause: string | null;
}

/** A toot, as the table of the newest toots shows it. */
export interface ShownToot {
  readonly id: string;
  /** When it was posted, in milliseconds since 1970. */
  readonly time: number;
  /** The author; null if withheld or hashed. */
  readonly author: string | null;
  readonly server: string | null;
  /** The address of the toot's page, http or https; null if it is withheld or unknown. */
  readonly url: string | null;
  /** The text; null if it is withheld, or if the explorer does not show texts. */
  readonly text: string | null;
  readonly language: string | null;
  readonly app: string | null;
  readonly withheld: boolean;
  readonly bot: boolean;
}
