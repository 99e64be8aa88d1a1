/**
 * Filling a hole from the timeline's pages.
 *
 * It reads forward from the line where we stopped (`min_id`), because then a
 * crash in the middle leaves a line that is still right. Before that it looks
 * back from the first page it got, for three reasons at once:
 *
 * - a status may lie before the line that was not there when we passed it:
 *   remote ones arrive late with the id of the time they were written, and
 *   local ones may come out of order by moments;
 * - what lies right before the first page should be the line itself. If there is
 *   nothing at all, the server no longer serves that far back, and that is a loss
 *   to be told;
 * - if there are statuses newer than the line, the server does not know `min_id`
 *   and gave its newest page. Then the hole is walked back to the line, and
 *   given forward all the same.
 *
 * @module
 */
import { type Cursor, timeOf } from "./cursor.ts";
import type { ServerEvent } from "./event.ts";
import { compareIds, idTime } from "./status-id.ts";
import { PAGE, type Page, type Timeline } from "./rest/timeline.ts";
import type { Transport } from "../../record/record.ts";

/** From where to fill. */
export interface Line {
  /** The id after which statuses are wanted; null to go by `time` alone. */
  readonly id: string | null;
  /** When that was, milliseconds since 1970; null for as far back as there is. */
  readonly time: number | null;
  /** True where a status stood there once, so that one not reaching it is a loss. */
  readonly known: boolean;
}

/** What became of it. */
export interface Filled {
  /** Statuses after the line that were given. */
  readonly filled: number;
  /** Milliseconds after the line that the server no longer serves. */
  readonly lost: number;
  /** True where the timeline is empty altogether. */
  readonly empty: boolean;
}

/** So many pages of the way back are kept in memory; further ones are read twice. */
const HELD = 8;

/**
 * Fills from the line to the newest status that there is when it begins. Gives
 * pages, oldest first, without those that the cursor gave already.
 *
 * @param overlap how many pages before the line are read again, at least
 */
export async function* fill(
  timeline: Timeline,
  cursor: Cursor,
  line: Line,
  { overlap, transport = "backfill" }: { overlap: number; transport?: Transport },
): AsyncGenerator<ServerEvent[], Filled, undefined> {
  let filled = 0;
  const give = (page: Page): ServerEvent[] => {
    const events: ServerEvent[] = [];
    for (const status of page.statuses) {
      if (!cursor.give(status)) continue;
      if (isAfter(status, line)) filled++;
      events.push({ kind: "status", transport, status });
    }
    return events;
  };

  const first = yield* timeline.read({ minId: line.id });
  let reaches = isReached(first, line);
  let from = first.oldest;
  let earliest: unknown = first.statuses[0];
  let ended = false;
  const walked: { maxId: string | null; page: Page | null }[] = [];
  while (!reaches || walked.length < overlap) {
    const page = yield* timeline.read({ maxId: from });
    if (page.oldest === null) {
      ended = true;
      break;
    }
    // A server that does not know `max_id` either gives no way back.
    if (from !== null && compareIds(page.oldest, from) >= 0) break;
    walked.push({ maxId: from, page });
    if (walked.length > HELD) walked[walked.length - 1 - HELD]!.page = null;
    from = page.oldest;
    earliest = page.statuses[0];
    reaches ||= isReached(page, line);
  }

  for (const { maxId, page } of walked.toReversed()) {
    const events = give(page ?? (yield* timeline.read({ maxId })));
    if (events.length > 0) yield events;
  }

  let page = first;
  let target: string | null = null;
  while (page.newest !== null) {
    const events = give(page);
    if (events.length > 0) yield events;
    // On a busy server new ones come as fast as pages do: an end has to be set.
    if (target === null && page.statuses.length >= PAGE) {
      target = (yield* timeline.read({ limit: 1 })).newest;
    }
    if (target !== null && compareIds(page.newest, target) >= 0) break;
    const next: Page = yield* timeline.read({ minId: page.newest });
    if (next.newest === null || compareIds(next.newest, page.newest) <= 0) break;
    page = next;
  }

  let lost = 0;
  if (ended && !reaches && line.known && earliest !== undefined) {
    const since = line.time ?? (line.id === null ? null : idTime(line.id));
    const until = timeOf(earliest);
    lost = Math.max(1, since === null || until === null ? 0 : until - since);
  }
  return { filled, lost, empty: ended && earliest === undefined };
}

function isAfter(status: unknown, { id, time }: Line): boolean {
  const own = (status as { id?: unknown } | null)?.id;
  if (id !== null) return own === undefined || own === null || compareIds(String(own), id) > 0;
  return time === null || (timeOf(status) ?? Infinity) >= time;
}

/** True where a page goes back to the line; by time only when all of it is older. */
function isReached({ oldest, statuses }: Page, { id, time }: Line): boolean {
  if (oldest === null) return false;
  if (id !== null) return compareIds(oldest, id) <= 0;
  return time !== null && statuses.every((status) => (timeOf(status) ?? Infinity) < time);
}
