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

/** A slow sweep begins this long after the last one began, and not sooner than `REST` after its end. */
const EVERY = 180_000, REST = 30_000;
const HOUR = 3_600_000, DAY = 86_400_000;
/** Pages of a slow sweep of an hour and of a day, at most. */
const HOUR_PAGES = 200, DAY_PAGES = 800;
/** An absence longer than this makes the next one a sweep of a day. */
const LONG = 60_000;
/** Pages after which what is missing so far is asked for: most deletes are of new statuses. */
const PART = 10;
/** A status that is not shown, and is there when asked for, is asked for again after an hour. */
const ASK_AGAIN = HOUR;
/** How long a status was given, before it has to be shown: among others, and as the newest. */
const BETWEEN = 30_000, NEWEST = 600_000;

/** The slow sweeps of a server, and the questions that all sweeps lead to. */
export interface Slow {
  /** A number for each sweep. */
  nextNumber(): number;
  /** When there is something to do, by the monotonic clock. */
  readonly at: number;
  /** Reads one page, or asks about some statuses. */
  step(streaming: boolean): AsyncGenerator<ServerEvent[], void, undefined>;
  /** A sweep is over: what it should have seen and has not is asked for. */
  swept(sweep: Sweep, again?: boolean): void;
  /** Nothing was heard for so long: what was heard before is read once more, soon. */
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
  /** What is newer than this was looked for in the sweep that goes on; null for nothing. */
  let lookedFor: string | null = null;
  let begunAt = clock.monotonic(), dueAt = begunAt + EVERY;
  /** A sweep of a day is due; another one is, as soon as this one is over. */
  let day = given.size > 0, again = false;
  /** What was given right before the next one is too young for it: another one follows soon. */
  let followUp = false;
  let dayAt = clock.monotonic() + HOUR;
  /** The highest id that a quick sweep saw: what is newer is the stream's to give. */
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

  /** Asks for what a sweep should have seen so far and has not. */
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
      const rested = clock.monotonic() + REST;
      if (again) dueAt = clock.monotonic();
      else dueAt = followUp ? rested : Math.max(begunAt + EVERY, rested);
      if (!again) followUp = false;
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
