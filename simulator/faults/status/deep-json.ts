/**
 * JSON that is nested so deeply that a recursive reader or writer overflows the stack. In V8 the
 * stack overflows soonest if the keys look like numbers.
 *
 * @module
 */
import { alteration } from "./alteration.ts";

/** Adds a property `deep` that contains the nested JSON. */
export const deepJson = alteration(
  "deep-json",
  { whose: "own" },
  (json, { depth = 10_000, arrays = false }) => {
    const [open, close] = arrays ? ["[", "]"] : ['{"0":', "}"];
    return `${json.slice(0, -1)},"deep":${open.repeat(depth)}1${close.repeat(depth)}}`;
  },
);
