/**
 * HTML for which a parser needs quadratic time or a very deep stack.
 *
 * @module
 */
import { alteration, editJson } from "./alteration.ts";

/** Fills `content` with tags. */
export const html = alteration(
  "html",
  { whose: "own" },
  (json, { shape = "unmatched", size = 1_000_000 }) => {
    const times = Math.max(1, Math.floor(size / 7));
    const opened = "<b>".repeat(times);
    const content = {
      unmatched: `${opened}${"</i>".repeat(times)}`,
      nested: `${opened}x${"</b>".repeat(times)}`,
      unclosed: "<p>".repeat(Math.floor(size / 3)),
    }[shape];
    return editJson(json, (status) => status.content = content);
  },
);
