/**
 * Sweeps one server's timeline again and again, with or without a stream.
 *
 * Three kinds of sweeps take turns. Quick sweeps run every few seconds and cover the time since the
 * last one. Without a stream they do all the polling, and beside a stream they find what it left
 * out. After a time without a stream, a quick sweep may have too many pages; the rest joins the
 * backlog, which is read between the quick sweeps. Slow sweeps read the last hour again, and
 * sometimes the last day. They find late statuses, edits, and deletes that the stream did not send.
 *
 * @module
 */
import type { ServerEvent } from "../event.ts";
import { duration } from "../notice.ts";
import type { Instant } from "../rest/rest.ts";
import type { ServerContext } from "../server-context.ts";
import { account, freshCount } from "./coverage/account.ts";
import { begin, sayPolled } from "./beginning.ts";
import { createCoverage } from "./coverage/coverage.ts";
import { createChores } from "./chores.ts";
import { createHearing } from "./coverage/hearing.ts";
import { GRACE } from "./coverage/judge.ts";
import { createSlow } from "./slow.ts";
import { createSweep, type Sweep } from "./sweep.ts";
import { within } from "./coverage/stretch.ts";
import type { Absence, Task } from "./coverage/task.ts";
import { createTempo } from "./tempo.ts";

/** The events that the stream reports to the sweeper. */
export interface StreamNews {
  /** The stream is open. It will bring all statuses from now on. */
  opened(): void;
  /** The stream brought this many statuses. */
  gave(statuses: number): void;
  /** The stream paused for an unusually long time, and may have left something out. */
  paused(): void;
  /** The stream has ended. */
  ended(absence: Absence): void;
}

/** Sweeps until the signal is aborted. */
export interface Sweeper extends StreamNews {
  /** @throws {Failure} if the server refuses the first request, or has never shown the timeline */
  run(): AsyncGenerator<ServerEvent[], void, undefined>;
  /** Returns the coverage that has not been reported yet. */
  flush(): ServerEvent[];
}

/** The maximum number of pages of a quick sweep. */
const QUICK_PAGES = 60;
/** The maximum number of sweeps in the backlog. If there are more, the oldest one is given up. */
const BACKLOGS = 8;
/**
 * This many milliseconds before a span are read again, because statuses may arrive late:
 * `ALLOWANCE` usually, and more after a time without a stream.
 */
const ALLOWANCE = 15_000, LOCAL_ABSENCE = 60_000, FEDERATED_ABSENCE = 120_000;
/** If a poll begins more than this many milliseconds late, the time before it is an absence. */
const IN_TIME = 60_000;

/** The cause of an absence while the timeline is switched off. */
const SWITCHED_OFF = "the timeline was switched off";

/** Statuses that a sweep found, but that the open stream had not brought. */
interface Suspicion {
  readonly ids: Set<string>;
  readonly task: Task;
  /** When the previous sweep began. */
  readonly before: Instant;
  /** When the statuses are checked again, on the monotonic clock. */
  readonly at: number;
}

/**
 * Creates the sweeper of a server.
 *
 * @param onDeaf called if the stream is open, but brings none of the new statuses
 */
export function createSweeper(context: ServerContext, onDeaf: () => void): Sweeper {
  const { deps: { clock }, options, memory: { given }, timeline, rest } = context;
  const { signal, federated } = options;
  const allowance = federated ? FEDERATED_ABSENCE : LOCAL_ABSENCE;
  let suspicion: Suspicion | null = null;
  let backlog: Task[] = [];
  const tempo = createTempo(clock, rest.pace);
  const hearing = createHearing();
  const coverage = createCoverage(() => backlog.length > 0 || suspicion !== null);
  const slow = createSlow(context, tempo, coverage.read);
  const chores = createChores(context);

  let streaming = false, justOpened = false, heard = 0;
  let absence: Absence | null = null;
  /** When the last quick sweep began. */
  let last: Instant | null = null;
  let wake = () => {};

  function open(since: number | null, wants?: (id: string) => boolean): Sweep {
    const transport = streaming || absence !== null ? "backfill" : "poll";
    const more = wants === undefined ? {} : { wants };
    return createSweep({
      ...{ timeline, given, clock, transport, since, number: slow.nextNumber() },
      unreadable: (count, first) => chores.unreadable(count, first),
      // If the server's clock was ahead, polls skip the known statuses of the future.
      skipsAhead: transport === "poll" ? Infinity : 0,
      ...more,
    });
  }

  /** Returns the wall time of a moment, corrected if the clock was set back since then. */
  const wallOf = ({ wall, monotonic }: Instant) =>
    Math.floor(Math.min(wall, clock.now() - (clock.monotonic() - monotonic)));

  /** Yields the coverage that can be reported now, and then these events. */
  function* told(...events: ServerEvent[]): Generator<ServerEvent[], void, undefined> {
    const all = [...coverage.take(), ...events];
    if (all.length > 0) yield all;
  }

  async function* quick(): AsyncGenerator<ServerEvent[], void, undefined> {
    const before = last!, dueAt = tempo.quickAt;
    let absent = absence;
    const streamed = streaming && !justOpened && absent === null;
    const first = justOpened;
    const from = wallOf(before);
    const since = Math.min(absent?.from ?? from, from) - (absent ? allowance : ALLOWANCE);
    const ids = new Set<string>();
    const sweep = open(since, streamed ? (id) => (ids.add(id), false) : undefined);
    absence = null;
    justOpened = false;
    tempo.began();
    do yield* sweep.page(); while (sweep.over === null && sweep.pages < QUICK_PAGES);
    if (sweep.shown === null && given.size > 0 && (yield* chores.timelineEmpty())) {
      // Nothing was read, so the next sweep covers this span too.
      absence = absent ?? absence ?? { cause: SWITCHED_OFF, from };
      return;
    }
    const started = sweep.started!;
    last = started;
    const count = heard;
    heard = 0;
    // If the stream ended during the sweep, that absence is why the sweep found new statuses.
    if (!streamed && sweep.fresh.size > 0) absent ??= absence;
    if (!streamed && started.monotonic - dueAt > IN_TIME) {
      const waited = duration(started.monotonic - before.monotonic);
      absent ??= { cause: `no answer for ${waited}`, from };
    }
    const task: Task = {
      ...{ sweep, from, until: started.wall, absence: absent, count, heardBy: "stream" },
      heard: hearing.between(before, started),
      givenUp: streamed,
    };
    for (const id of ids) if (given.find(id) !== undefined) ids.delete(id);
    if (ids.size === 0) yield* finish(task);
    else {
      suspicion = { ids, task, before, at: clock.monotonic() + GRACE };
      if (absence !== null) leaveToNext(suspicion);
    }
    slow.swept(sweep);
    tempo.swept({ fresh: freshCount(sweep.fresh), pages: sweep.pages, streaming, first });
  }

  /** Leaves suspected statuses to the next sweep, because the stream has ended. */
  function leaveToNext({ before, task }: Suspicion): void {
    suspicion = null;
    last = before;
    heard += task.count ?? 0;
  }

  /** Reports the outcome of a sweep, or puts it into the backlog if pages are left to read. */
  async function* finish(task: Task): AsyncGenerator<ServerEvent[], void, undefined> {
    if (task.sweep.over === null && !task.givenUp) {
      backlog.push(task);
      if (backlog.length > BACKLOGS) yield* finish({ ...backlog.shift()!, givenUp: true });
      return;
    }
    const { longestPause } = context.rhythm;
    const gap = account(task, coverage, { given, longestPause });
    yield* told(...gap === null ? [] : [gap]);
    const { absence, from, until, sweep: { fresh } } = task;
    if (absence === null) {
      if (gap !== null) slow.afterAbsence(0);
      return;
    }
    if (absence.quiet && fresh.size === 0) context.rhythm.falseAlarm();
    slow.afterAbsence(from === null ? 0 : until - from);
  }

  /** Passes on the suspected statuses that the stream still has not brought. */
  async function* confirm(
    { ids, task }: Suspicion,
  ): AsyncGenerator<ServerEvent[], void, undefined> {
    suspicion = null;
    for (const id of ids) if (given.find(id) !== undefined) ids.delete(id);
    const sweep = open(task.sweep.since, (id) => ids.delete(id));
    while (ids.size > 0 && sweep.over === null && sweep.pages < QUICK_PAGES) yield* sweep.page();
    const { fresh } = sweep;
    yield* finish({ ...task, fresh, confirmed: true });
    if (fresh.size > 0 && streaming && heard === 0 && task.count === 0) onDeaf();
  }

  async function* start(): AsyncGenerator<ServerEvent[], void, undefined> {
    const beginning = yield* begin(context, allowance);
    if ("read" in beginning) {
      last = beginning.read;
      tempo.swept({ fresh: 0, pages: 1, streaming, first: false });
      return;
    }
    absence = beginning.absence;
    const sweep = open(beginning.since);
    const absent = absence;
    absence = null;
    do yield* sweep.page(); while (sweep.over === null && sweep.pages < QUICK_PAGES);
    last = sweep.started!;
    const { from, line = null } = absent;
    yield* finish({
      ...{ sweep, absence: absent, from, until: last.wall, count: null },
      // The last run covered everything until its newest status, unless the sweep finds new
      // statuses from before that time.
      heard: from === null || line === null ? [] : within([{ from, until: line }], from, last.wall),
      heardBy: options.token === null ? "poll" : "stream",
    });
    slow.swept(sweep);
    const fresh = freshCount(sweep.fresh);
    tempo.swept({ fresh, pages: sweep.pages, streaming, first: true });
  }

  /**
   * While a suspicion is open, slow sweeps wait. Otherwise they would pass on the suspected
   * statuses before {@linkcode confirm} does.
   */
  const slowAt = () => suspicion === null ? slow.at : Infinity;

  /** Waits until work is due, or the stream reports something. */
  function waitUntil(at: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        cancel();
        signal.removeEventListener("abort", done);
        wake = () => {};
        resolve();
      };
      const cancel = clock.after(Math.max(0, at - clock.monotonic()), done);
      signal.addEventListener("abort", done, { once: true });
      wake = done;
    });
  }

  return {
    flush: () => coverage.flush(),
    async *run() {
      yield* start();
      yield* sayPolled(context);
      for (;;) {
        signal.throwIfAborted();
        const now = clock.monotonic();
        if (suspicion !== null && now >= suspicion.at) yield* confirm(suspicion);
        else if (suspicion === null && now >= tempo.quickAt) yield* quick();
        else if (backlog.length > 0) {
          const task = backlog.at(-1)!;
          yield* task.sweep.page();
          if (task.sweep.over !== null) {
            backlog = backlog.filter((other) => other !== task);
            yield* finish(task);
          }
        } else if (now >= chores.at) {
          const wasOff = yield* chores.do();
          if (wasOff) absence ??= { cause: SWITCHED_OFF, from: wallOf(last!) };
        } else if (now >= slowAt()) yield* slow.step(streaming);
        else await waitUntil(Math.min(suspicion?.at ?? tempo.quickAt, slowAt(), chores.at));
      }
    },
    opened() {
      streaming = justOpened = true;
      heard = 0;
      hearing.opened(clock.monotonic());
      tempo.soon(0);
      // A slow sweep is due at once. `finish` reports how long there was no stream.
      slow.afterAbsence(0);
      wake();
    },
    gave(statuses) {
      heard += statuses;
    },
    paused() {
      tempo.soon(GRACE);
      wake();
    },
    ended(absent) {
      streaming = false;
      const { cause, from, quiet } = absent;
      const now = clock.now();
      hearing.ended(clock.monotonic() - Math.max(0, now - (from ?? now)));
      absence ??= { cause, from, quiet: quiet ?? false };
      if (suspicion !== null) leaveToNext(suspicion);
      tempo.soon(GRACE);
      wake();
    },
  };
}
