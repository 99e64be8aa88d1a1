/**
 * Absurd dates, such as the year 9999, 1970 or 0001.
 *
 * @module
 */
import { alteration, editJson } from "./alteration.ts";

/** Sets `created_at`. */
export const date = alteration(
  "date",
  { whose: "own", travels: true },
  (json, { at }) => editJson(json, (status) => status.created_at = at),
);
