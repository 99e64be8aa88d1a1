/**
 * Slow sweeps: they read the last hour again every few minutes, and the last day every hour and
 * after a time without a stream. They do not use the requests that quick sweeps need.
 *
 * @module
 */
import type { ServerEvent } from "../event.ts";
import { manyIds } from "../rest/instance.ts";
import type { ServerContext } from "../server-context.ts";
import { compareIds } from "../status-id.ts";
import { createInquiry } from "./inquiry.ts";
import { createMarks } from "./marks.ts";
import { missingFrom } from "./missing.ts";
import { createSweep, type Sweep } from "./sweep.ts";
import type { Tempo } from "./tempo.ts";

/**
 * A slow sweep begins this many milliseconds after the beginning of the last one, but not sooner
 * than `REST` milliseconds after its end.
 */
const EVERY = 180_000, REST = 30_000;
const HOUR = 3_600_000, DAY = 86_400_000;
/** The maximum number of pages of a sweep of the last hour, and of the last day. */
const HOUR_PAGES = 200, DAY_PAGES = 800;
/**
 * After an absence of more than this many milliseconds, the next slow sweep also covers the day
 * before the absence.
 */
const LONG = 60_000;
/**
 * Missing statuses are checked whenever this many pages have been read. Most deletes are of new
 * statuses, so the first pages matter most.
 */
const PART = 10;
/** A missing status that the server still has is checked again after an hour. */
const ASK_AGAIN = HOUR;
/**
 * A status must be visible `BETWEEN` milliseconds after its arrival if newer statuses are visible,
 * and after `NEWEST` milliseconds in any case.
 */
const BETWEEN = 30_000, NEWEST = 300_000;

/**
 * If a server's clock is ahead, its newest statuses lie in the future. Up to this many milliseconds
 * ahead, known statuses are left to the polls, which read them again when their time has come.
 */
const SOON = 300_000;

/**
 * The slow sweeps of a server, and the checks of the missing statuses that all sweeps of the server
 * find.
 */
export interface Slow {
  /** Returns a new number for a sweep. */
  nextNumber(): number;
  /** When the next step is due, on the monotonic clock. */
  readonly at: number;
  /**
   * Reads one page, or checks some missing statuses. Does nothing if quick sweeps need all requests
   * that remain.
   */
  step(streaming: boolean): AsyncGenerator<ServerEvent[], void, undefined>;
  /** Reports that a quick sweep has read its pages, so that statuses missing there are checked. */
  swept(sweep: Sweep): void;
  /**
   * Reports that there was no stream for this many milliseconds. A slow sweep soon reads that time,
   * and a time before it, again.
   */
  afterAbsence(milliseconds: number): void;
}

/**
 * Creates the slow sweeps of a server.
 *
 * @param read called when a slow sweep is over, with the start and the end of the span that it has
 * read, in milliseconds since 1970
 */
export function createSlow(
  context: ServerContext,
  tempo: Tempo,
  read: (from: number, until: number) => void,
): Slow {
  const { deps: { clock }, memory: { given }, timeline, rest } = context;
  const inquiry = createInquiry({ rest, given, clock });
  const marks = createMarks(given.count);
  let number = 0;
  let sweep: Sweep | null = null, most = HOUR_PAGES;
  /** In the current sweep, missing statuses above this id have been collected; null for none. */
  let lookedFor: string | null = null;
  let begunAt = clock.monotonic(), dueAt = begunAt + EVERY;
  /**
   * `day` is true if the next slow sweep must read a day. `again` is true if that sweep must begin
   * as soon as the current one ends.
   */
  let day = given.size > 0, again = false;
  /**
   * The length in milliseconds of the longest absence that the next sweep of a day must read in
   * addition to the day; 0 for none.
   */
  let absent = 0;
  /**
   * True if the next slow sweep must soon be followed by another one, because it comes too early to
   * check the newest statuses.
   */
  let followUp = false;
  let dayAt = clock.monotonic() + HOUR;
  /** The highest id that the last quick sweep saw. An open stream brings the newer statuses. */
  let highest: string | null = null;

  function begin(streaming: boolean): void {
    const now = clock.monotonic();
    day ||= now >= dayAt;
    if (day) dayAt = now + HOUR;
    most = day ? DAY_PAGES : HOUR_PAGES;
    begunAt = now;
    const top = highest;
    sweep = createSweep({
      ...{ timeline, given, clock, transport: "backfill", number: ++number },
      since: clock.now() - (day ? DAY + absent : HOUR),
      skipsAhead: streaming ? 0 : SOON,
      wants: (id) => !streaming || top === null || compareIds(id, top) <= 0,
    });
    day = false;
    absent = 0;
    lookedFor = null;
  }

  /** Adds to the inquiry the statuses that a sweep should have seen so far, but has not seen. */
  function ask(done: Sweep, below: string | null = null): void {
    const now = clock.monotonic();
    marks.add(now, given.count);
    const settled = {
      between: Math.min(done.order, marks.before(now, BETWEEN)),
      newest: Math.min(done.order, marks.before(now, NEWEST)),
      asked: (now - ASK_AGAIN) / 1_000,
    };
    inquiry.add(missingFrom(given, done, settled, below), done.shown);
  }

  return {
    nextNumber: () => ++number,
    get at() {
      if (inquiry.size > 0 || sweep !== null) return tempo.slowAt;
      return Math.max(tempo.slowAt, dueAt);
    },
    async *step(streaming) {
      tempo.slowly();
      if (!tempo.hasReserve) return;
      if (inquiry.size > 0) {
        const events = await inquiry.step(manyIds(context.instance));
        if (events.length > 0) yield events;
        return;
      }
      if (sweep === null) begin(streaming);
      const current: Sweep = sweep!;
      yield* current.page();
      const goesOn = current.over === null && current.pages < most;
      if (!goesOn || current.pages % PART === 0) {
        ask(current, lookedFor);
        lookedFor = current.lowest;
      }
      if (goesOn) return;
      const from = current.over === "reached" ? current.since : current.earliest;
      if (current.started !== null) read(from ?? -Infinity, current.started.wall);
      sweep = null;
      const now = clock.monotonic();
      if (again) dueAt = now;
      else {
        dueAt = followUp ? now + REST : Math.max(begunAt + EVERY, now + REST);
        followUp = false;
      }
      again = false;
    },
    swept(done) {
      highest = done.highest;
      ask(done);
    },
    afterAbsence(milliseconds) {
      if (milliseconds > LONG) {
        day = true;
        absent = Math.max(absent, milliseconds);
      }
      again = sweep !== null;
      followUp = true;
      dueAt = clock.monotonic();
    },
  };
}
