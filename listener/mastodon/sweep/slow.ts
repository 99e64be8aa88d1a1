/**
 * Slow sweeps: the last hour every few minutes, and the last day every hour and
 * after an absence. They leave most of the rate limit to others.
 *
 * @module
 */
import type { ServerEvent } from "../event.ts";
import { givesSeveral } from "../rest/instance.ts";
import type { ServerContext } from "../server-context.ts";
import { compareIds } from "../status-id.ts";
import { createInquiry } from "./inquiry.ts";
import { createMarks } from "./marks.ts";
import { missingFrom } from "./missing.ts";
import { createSweep, type Sweep } from "./sweep.ts";
import { hasReserve, type Tempo } from "./tempo.ts";

/**
 * A slow sweep begins this long after the beginning of the last one, but not sooner than
 * `REST` after its end.
 */
const EVERY = 180_000, REST = 30_000;
const HOUR = 3_600_000, DAY = 86_400_000;
/** The most pages of a slow sweep of an hour, and of a day. */
const HOUR_PAGES = 200, DAY_PAGES = 800;
/** After a longer absence than this, the next slow sweep covers a day. */
const LONG = 60_000;
/** After this many pages, missing statuses are requested: most deletes are of new statuses. */
const PART = 10;
/** A missing status that the server still has is requested again after an hour. */
const ASK_AGAIN = HOUR;
/** A status must be shown this long after its arrival: among others, and as the newest. */
const BETWEEN = 30_000, NEWEST = 600_000;

/** The slow sweeps of a server, and the requests for missing statuses of all sweeps. */
export interface Slow {
  /** A new number for a sweep. */
  nextNumber(): number;
  /** When the next work is due, by the monotonic clock. */
  readonly at: number;
  /** Reads one page, or requests some statuses. */
  step(streaming: boolean): AsyncGenerator<ServerEvent[], void, undefined>;
  /** A sweep has ended: its missing statuses are requested. */
  swept(sweep: Sweep, again?: boolean): void;
  /** There was no stream for this long, so the time before is soon read once more. */
  afterAbsence(milliseconds: number): void;
}

/**
 * Makes them for a server.
 *
 * @param read told when a slow sweep is over: from when until when it has read everything,
 * milliseconds since 1970
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
  /** The missing statuses of the current sweep have been collected above this id; null for none. */
  let lookedFor: string | null = null;
  let begunAt = clock.monotonic(), dueAt = begunAt + EVERY;
  /** A sweep of a day is due; if one is in progress, another one follows it. */
  let day = given.size > 0, again = false;
  /** The youngest statuses must wait for the sweep after the next one, so that one follows soon. */
  let followUp = false;
  let dayAt = clock.monotonic() + HOUR;
  /** The highest id that a quick sweep saw. The stream brings what is newer. */
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
      since: clock.now() - (day ? DAY : HOUR),
      wants: (id) => !streaming || top === null || compareIds(id, top) <= 0,
    });
    day = false;
    lookedFor = null;
  }

  /** Requests what a sweep should have seen until now and has not. */
  function ask(done: Sweep, below: string | null = null): void {
    const now = clock.monotonic();
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
      if (!hasReserve(clock, rest.pace)) return;
      if (inquiry.size > 0) {
        const events = await inquiry.step(givesSeveral(context.instance));
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
      marks.add(clock.monotonic(), done.order);
      highest = done.highest;
      ask(done);
    },
    afterAbsence(milliseconds) {
      day ||= milliseconds > LONG;
      again = sweep !== null;
      followUp = true;
      dueAt = clock.monotonic();
    },
  };
}
