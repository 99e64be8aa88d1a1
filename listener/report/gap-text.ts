/**
 * Describes a gap in one line.
 *
 * @module
 */
import type { GapEvent } from "../mastodon/event.ts";
import { duration } from "../mastodon/notice.ts";

/**
 * Returns a line for the log: how long the gap was, what caused it, how many statuses were fetched,
 * and which part of the gap could not be read.
 *
 * @example
 * ```ts
 * import { gapText } from "./gap-text.ts";
 *
 * const gap = { kind: "gap", cause: "closed 1006", milliseconds: 4200, filled: 12, lost: 0 } as const;
 * const text = gapText("bread.example", gap);
 * if (text !== "bread.example: filled a gap of 4.2 s (closed 1006), 12 statuses fetched") throw new Error(text);
 * ```
 */
export function gapText(host: string, { cause, milliseconds, filled, lost }: GapEvent): string {
  const length = milliseconds === null ? "" : ` of ${duration(milliseconds)}`;
  const fetched = `${filled.toLocaleString("en")} ${filled === 1 ? "status" : "statuses"} fetched`;
  if (lost > 0) {
    return `${host}: a gap${length} (${cause}), ${fetched}; ` +
      `${duration(lost)} of it could not be read`;
  }
  return cause === "start"
    ? `${host}: ${fetched} from before the start${milliseconds === null ? "" : `,${length} ago`}`
      .replace(", of ", ", ")
    : `${host}: filled a gap${length} (${cause}), ${fetched}`;
}
