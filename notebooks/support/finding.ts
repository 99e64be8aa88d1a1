/**
 * Sentences that are computed from rows, for facts that no chart shows.
 *
 * @module
 */
import { counted, dayMonth, percent } from "./charts/label.ts";

/** What a lake contains, in numbers. */
export interface OverviewRow {
  /** Toots, each counted once. */
  toots: number;
  /** Records in the raw files. A toot may have several. */
  records: number;
  /** Authors whose names or hashes are known. */
  authors: number;
  /** Servers that sent the toots. */
  servers: number;
  /** Toots without text and names, because their authors opted out or did not opt in. */
  withheld: number;
  /** When the first toot was posted; null without toots. */
  first: Date | null;
  /** When the last toot was posted; null without toots. */
  last: Date | null;
}

/**
 * Describes the contents of a lake in up to four sentences.
 *
 * @example
 * ```ts
 * import { overview } from "./finding.ts";
 *
 * const day = new Date("2026-11-02");
 * const text = overview({
 *   ...{ toots: 2, records: 3, authors: 1, servers: 1, withheld: 0, first: day, last: day },
 * });
 * if (!text.startsWith("2 toots by 1 author, heard from 1 server on 2 Nov 2026.")) {
 *   throw new Error(text);
 * }
 * ```
 */
export function overview(row: OverviewRow | undefined): string {
  if (!row?.first || !row.last) return "No toot is left: every record was deleted since.";
  const { toots, records, authors, servers, withheld, first, last } = row;
  const to = `${dayMonth(last)} ${last.getUTCFullYear()}`;
  const when = first.toISOString().slice(0, 10) === last.toISOString().slice(0, 10)
    ? `on ${to}`
    : first.getUTCFullYear() === last.getUTCFullYear()
    ? `from ${dayMonth(first)} to ${to}`
    : `from ${dayMonth(first)} ${first.getUTCFullYear()} to ${to}`;
  const more = records - toots;
  return `${counted(toots, "toot")} by ${
    counted(authors, withheld > 0 ? "known author" : "author")
  }, heard from ` +
    `${counted(servers, "server")} ${when}.` +
    (more > 0
      ? ` ${counted(more, "more record")} ${
        more === 1 ? "was" : "were"
      } of toots edited, deleted ` +
        `or heard twice.`
      : "") +
    (withheld > 0
      ? ` ${counted(withheld, "toot")} (${
        percent(withheld, toots)
      }) came from people who opted out or did not opt in. They ` +
        `are counted, but their texts and names are not stored.`
      : "");
}
