/**
 * Statuses with more hashtags than anybody can read.
 *
 * @module
 */
import { alteration } from "./alteration.ts";

/** Fills `tags` with `many` hashtags. */
export const hashtags = alteration(
  "hashtags",
  { whose: "own" },
  (json, { many = 1_000_000, bare = false }) => {
    const tag = bare ? '"a"' : '{"name":"a","url":"https://tusk.example/tags/a"}';
    const tags = `${`${tag},`.repeat(Math.max(0, many - 1))}${tag}`;
    // If JSON has a property twice, the last one counts.
    return `${json.slice(0, -1)},"tags":[${tags}]}`;
  },
);
