/**
 * Reading the timeline again and again, where there is no stream for us.
 *
 * @module
 */
import { fill } from "./backfill.ts";
import { sleep } from "../../common/clock.ts";
import { idOf } from "./cursor.ts";
import type { ServerEvent } from "./event.ts";
import { duration } from "./notice.ts";
import { PAGE, type Page } from "./rest/timeline.ts";
import { meet, since, type Visit } from "./feed-context.ts";

/** Between two polls: at least and at most. A busy server's 300 requests in 5 minutes are one a second. */
const SHORTEST = 5_000, LONGEST = 60_000, FIRST = 10_000;
/** So many new statuses are aimed at with one poll. */
const WANTED = 10;
/** So many statuses that were given before are asked for again, for those that came out of order. */
const LAG = 10;
/** The federated timeline is looked through further back this often. */
const DEEP = 300_000;
/** The server is asked this often whether it still shows the timeline. */
const MEET = 1_800_000;
/** After so long without an answer it counts as a gap. */
const GAP = 120_000;

/**
 * Polls from where the cursor is, at an interval that follows the server's speed.
 *
 * @param until ends after this time, milliseconds since 1970; by default never
 * @throws {Failure} where the timeline is refused, or switched off meanwhile
 */
export async function* poll(
  visit: Visit,
  until = Infinity,
): AsyncGenerator<ServerEvent[], void, undefined> {
  const { deps: { clock }, options: { signal, federated }, timeline, cursor, overlap } = visit;
  let interval = FIRST;
  let answered = clock.now(), looked = answered, met = answered;
  // A little behind the newest, so that statuses that come out of order are seen,
  // and so that an empty answer tells that something is wrong.
  let anchor = cursor.id, stood = false;

  while (clock.now() < until) {
    await sleep(clock, interval, signal);
    signal.throwIfAborted();
    if (clock.now() - met > MEET) {
      yield* meet(visit);
      met = clock.now();
    }
    let fresh = 0, full = false;
    const give = (page: Page): ServerEvent[] => {
      const statuses = page.statuses.filter((status) => cursor.give(status));
      fresh += statuses.length;
      return statuses.map((status) => ({ kind: "status", transport: "poll", status }));
    };
    const before = answered, line = cursor.time;
    if (anchor === null) {
      // Nothing had ever been posted: all that is there now is new.
      const all = { id: null, time: null, known: false };
      yield* fill(timeline, cursor, all, { overlap: 0, transport: "poll" });
      anchor = cursor.id;
      answered = clock.now();
      continue;
    }
    let page = yield* timeline.read({ minId: anchor });
    answered = clock.now();
    if (answered - before > GAP + interval) {
      const from = { id: cursor.id, time: line, known: true };
      const result = yield* fill(timeline, cursor, from, { overlap });
      const { filled, lost } = result;
      const milliseconds = since(visit, before);
      const cause = `no answer for ${duration(answered - before)}`;
      yield [{ kind: "gap", cause, milliseconds, filled, lost }];
      answered = clock.now();
    }
    if (page.statuses.length === 0 && stood) {
      yield* meet(visit);
      met = clock.now();
      // They were deleted, all of them.
      anchor = cursor.id;
      stood = false;
    }
    for (;;) {
      const events = give(page);
      if (events.length > 0) yield events;
      if (page.statuses.length > 0) stood = true;
      if (page.statuses.length > LAG) anchor = idOf(page.statuses.at(-1 - LAG)) ?? anchor;
      full = page.statuses.length >= PAGE;
      if (!full) break;
      const next: Page = yield* timeline.read({ minId: page.newest });
      if (next.newest === null || next.newest === page.newest) break;
      page = next;
    }
    if (federated && clock.now() - looked > DEEP) {
      let maxId: string | null = anchor;
      for (let pages = 0; pages < overlap && maxId; pages++) {
        const back: Page = yield* timeline.read({ maxId });
        const events = give(back);
        if (events.length > 0) yield events;
        maxId = back.oldest;
      }
      looked = clock.now();
    }
    const wanted = fresh === 0 ? interval * 1.5 : interval * WANTED / fresh;
    interval = Math.min(LONGEST, Math.max(SHORTEST, (interval + wanted) / 2));
  }
}
