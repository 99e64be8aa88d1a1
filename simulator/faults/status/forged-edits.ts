/**
 * A copy of another server's status with a text that its author never wrote.
 *
 * @module
 */
import { alteration, editJson } from "./alteration.ts";

/** Replaces the text. The time of the edit is `at` (default: in the year 2099). */
export const forgedEdits = alteration(
  "forged-edits",
  { whose: "foreign" },
  (json, { at = "2099-01-01T00:00:00.000Z" }) =>
    editJson(json, (status) => {
      status.content = "<p>FORGED</p>";
      status.edited_at = at;
    }),
);
