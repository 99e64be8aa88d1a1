/**
 * Statuses that no reader can parse, by authors who opt out. Their text must not appear in dead
 * letters or logs.
 *
 * @module
 */
import { alteration, editJson } from "./alteration.ts";

/** Makes `created_at` invalid, and makes the author opt out by `noindex`. */
export const unreadable = alteration(
  "unreadable",
  { whose: "own" },
  (json) =>
    editJson(json, (status) => {
      status.created_at = "no date";
      status.account.noindex = true;
    }),
);
