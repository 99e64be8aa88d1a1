/**
 * Faults of the pages of a timeline: how they are asked for, and what is on them.
 *
 * @module
 */
import type { Lasting, Sometimes } from "./lasting.ts";

/** What is done to pages. */
export type PageFault =
  /** Pages hold at most `most` statuses (default 20) of the 40 asked for. */
  | ({ kind: "short-pages"; most?: number } & Sometimes)
  /** The statuses of a page are shuffled. */
  | ({ kind: "unordered-pages" } & Sometimes)
  /** Pages are objects `{"0":…,"2":…}`, as PHP writes a filtered list. */
  | ({ kind: "object-pages"; first?: number; step?: number } & Sometimes)
  /**
   * Pages come back empty although there is more. The `Link` header leads past what is
   * missing, unless `link` is false.
   */
  | ({ kind: "empty-pages"; link?: boolean } & Sometimes)
  /** `min_id` is ignored, or taken as `since_id` (default `ignored`). */
  | ({ kind: "min-id"; as?: "ignored" | "since" } & Lasting)
  /**
   * There is always one more page of invented statuses: with ever older ids, or now a
   * newer and now an older page (default `descending`).
   */
  | ({ kind: "endless-pages"; order?: "descending" | "alternating"; size?: number } & Sometimes)
  /** Pages hold `items` (default 3,000,000) times the JSON `item` (default `0`). */
  | ({ kind: "huge-pages"; items?: number; item?: string } & Sometimes);

/** The kinds, each with the settings it needs. */
export const PAGES: Readonly<Record<PageFault["kind"], readonly string[]>> = {
  "short-pages": [],
  "unordered-pages": [],
  "object-pages": [],
  "empty-pages": [],
  "min-id": [],
  "endless-pages": [],
  "huge-pages": [],
};
