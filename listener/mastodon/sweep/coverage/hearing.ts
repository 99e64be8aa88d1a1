/**
 * Remembers when the stream was open.
 *
 * @module
 */
import type { Instant } from "../../rest/rest.ts";
import { type Stretch, within } from "./stretch.ts";

/** The latest connections of a stream. */
export interface Hearing {
  /** Reports that a connection begins, at this time of the monotonic clock. */
  opened(monotonic: number): void;
  /** Reports that the connection has ended, and that nothing arrived after this monotonic time. */
  ended(monotonic: number): void;
  /**
   * Returns the parts of a span in which the stream was open, in milliseconds since 1970.
   *
   * @param until the end of the span; its two times show how to convert monotonic to wall time
   */
  between(from: Instant, until: Instant): Stretch[];
}

/**
 * This many connections are remembered. If there are more between two sweeps, the oldest are
 * ignored.
 */
const MOST = 200;

/**
 * Creates an empty memory.
 *
 * @example
 * ```ts
 * import { createHearing } from "./hearing.ts";
 *
 * const hearing = createHearing();
 * hearing.opened(2_000);
 * hearing.ended(5_000);
 * const noon = Date.UTC(2026, 1, 1, 12);
 * const [open] = hearing.between(
 *   { wall: noon, monotonic: 0 },
 *   { wall: noon + 10_000, monotonic: 10_000 },
 * );
 * if (open?.from !== noon + 2_000 || open.until !== noon + 5_000) throw new Error();
 * ```
 */
export function createHearing(): Hearing {
  let connections: Stretch[] = [];
  let since: number | null = null;

  const end = (until: number) => {
    if (since !== null) connections.push({ from: since, until });
    connections = connections.slice(-MOST);
    since = null;
  };

  return {
    opened(monotonic) {
      end(monotonic);
      since = monotonic;
    },
    ended: end,
    between(from, until) {
      const all = since === null ? connections : [...connections, { from: since, until: Infinity }];
      const ahead = until.wall - until.monotonic;
      return within(all, from.monotonic, until.monotonic)
        .map((one) => ({
          from: Math.floor(one.from + ahead),
          until: Math.floor(one.until + ahead),
        }));
    },
  };
}
