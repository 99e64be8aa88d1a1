/**
 * Times without a time zone: `2026-11-20T18:00:00.000`.
 *
 * @module
 */
import { alteration } from "./alteration.ts";

/** Cuts the `Z` off the status's times. */
export const noZone = alteration(
  "no-zone",
  { whose: "all" },
  (status) => status.replace(/("(?:created_at|edited_at)":"\d[^"]*)Z"/g, '$1"'),
);
