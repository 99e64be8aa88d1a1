/**
 * Faults of the pages of a timeline: of their requests, and of their content.
 *
 * @module
 */
import type { Lasting, Sometimes } from "./lasting.ts";

/** A fault of pages. */
export type PageFault =
  /** Pages contain at most `most` statuses (default 20), even if a client requests more. */
  | ({ kind: "short-pages"; most?: number } & Sometimes)
  /** The statuses of a page are shuffled. */
  | ({ kind: "unordered-pages" } & Sometimes)
  /**
   * Pages are objects `{"0":…,"2":…}`, as PHP writes a filtered list. The keys begin at `first`
   * (default 0) and rise by `step` (default 2).
   */
  | ({ kind: "object-pages"; first?: number; step?: number } & Sometimes)
  /**
   * Pages are empty although the timeline goes on. The `Link` header leads past the missing
   * statuses, unless `link` is false.
   */
  | ({ kind: "empty-pages"; link?: boolean } & Sometimes)
  /** `min_id` is ignored (default), or treated as `since_id`. */
  | ({ kind: "min-id"; as?: "ignored" | "since" } & Lasting)
  /**
   * There is always one more page of `size` (default 1) invented statuses. With `descending`
   * (default) each page is older than the one before; with `alternating` newer and older pages
   * alternate.
   */
  | ({ kind: "endless-pages"; order?: "descending" | "alternating"; size?: number } & Sometimes)
  /** Pages contain the JSON `item` (default `0`) `items` times (default 3,000,000). */
  | ({ kind: "huge-pages"; items?: number; item?: string } & Sometimes);

/** The kinds, each with its required settings. */
export const PAGES: Readonly<Record<PageFault["kind"], readonly string[]>> = {
  "short-pages": [],
  "unordered-pages": [],
  "object-pages": [],
  "empty-pages": [],
  "min-id": [],
  "endless-pages": [],
  "huge-pages": [],
};
