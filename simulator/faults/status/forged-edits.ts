/**
 * A copy of another server's status with a text that its author never wrote.
 *
 * @module
 */
import { alteration, editJson } from "./alteration.ts";

/** Another text, edited at `at` (default: the year 2099). */
export const forgedEdits = alteration(
  "forged-edits",
  { whose: "foreign" },
  (json, { at = "2099-01-01T00:00:00.000Z" }) =>
    editJson(json, (status) => {
      status.content = "<p>FORGED</p>";
      status.edited_at = at;
    }),
);
