/**
 * Statuses that no reader can make sense of, by authors who opt out: their text
 * must not turn up in dead letters or logs.
 *
 * @module
 */
import { alteration, editJson } from "./alteration.ts";

/** Spoils `created_at`, and lets the author opt out. */
export const unreadable = alteration(
  "unreadable",
  { whose: "own", spoils: true },
  (json) =>
    editJson(json, (status) => {
      status.created_at = "no date";
      status.account.noindex = true;
    }),
);
