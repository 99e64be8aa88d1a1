/**
 * Following a server's stream: connect, fill what was missed, listen, and again.
 *
 * The stream is opened before the timeline is read. Its frames wait meanwhile, so
 * that nothing lies between the last page and the first frame, whatever the order
 * of their ids.
 *
 * @module
 */
import { fill } from "../backfill.ts";
import { createBackoff } from "../backoff.ts";
import { sleep } from "../../../common/clock.ts";
import { connect } from "./connect.ts";
import type { ServerEvent } from "../event.ts";
import { type Doubt, listen } from "./watch.ts";
import { duration, notice } from "../notice.ts";
import { poll } from "../poll.ts";
import { retryAfter } from "../rest/rate-limit.ts";
import { refusal, timelineName } from "../refusal.ts";
import type { Ended } from "./stream.ts";
import { meet, since, type Visit } from "../feed-context.ts";

/** A connection that lived so long was a good one. */
const STABLE = 60_000;
/** So many attempts in a row without a status, and the timeline is polled for a while. */
const ATTEMPTS = 5, MEANWHILE = 600_000;
/** So often a server that used to stream may refuse before that is its last word. */
const REFUSALS = 3;

/** What we go by from one connection to the next. */
interface Course {
  /** How the last connection ended; null before the first. */
  lost: Ended | null;
  /** What the last connection may have left out. */
  doubt: Doubt | null;
  /** Attempts in a row without a status. */
  failures: number;
  /** Why the last attempt gave no stream. */
  trouble: string;
  /** Refusals in a row; the first counts as the last word until something was streamed. */
  refusals: number;
  streamed: boolean;
}

/** Statuses of this kind mean: not you. */
const forbids = (status: number | null) => status === 401 || status === 403 || status === 422;

/**
 * Follows the stream for ever.
 *
 * @throws {Failure} where the server refuses the token, or shows nothing any more
 */
export async function* live(visit: Visit): AsyncGenerator<ServerEvent[], void, undefined> {
  const { deps: { clock, random }, options, host } = visit;
  const { signal } = options;
  const backoff = createBackoff({ random });
  const known = new Set<string>();
  const course: Course = {
    lost: null,
    doubt: null,
    failures: 0,
    trouble: "",
    refusals: 0,
    streamed: false,
  };

  for (;;) {
    if (course.failures >= ATTEMPTS) {
      yield* pollMeanwhile(visit, course);
      course.failures = 1;
    }
    if (course.failures > 0 || course.lost?.quiet) yield* meet(visit);
    const opening = yield* connect(visit, known);
    signal.throwIfAborted();

    let wait = 0;
    if ("stream" in opening) {
      const { stream } = opening;
      const opened = clock.now();
      try {
        yield [notice("info", `${host}: the stream of its ${timelineName(options)} is open`)];
        yield* catchUp(visit, course);
        course.failures++;
        course.doubt = yield* listen(visit, stream, known, () => {
          course.failures = course.refusals = 0;
          course.streamed = true;
        });
        signal.throwIfAborted();
        course.lost = stream.ended!;
      } finally {
        await stream.close();
      }
      const { error, cause, ours } = course.lost;
      course.trouble = cause;
      if (error && forbids(error.status)) {
        throw refusal(options, "stream", { status: error.status, said: error.message });
      }
      if (clock.now() - opened >= STABLE) {
        backoff.reset();
        course.failures = 0;
      }
      if (ours) {
        yield [notice("info", `${host}: ${cause}`)];
        continue;
      }
    } else {
      course.failures++;
      if ("refused" in opening) {
        const { status, headers } = opening.refused;
        if (forbids(status) && (!course.streamed || ++course.refusals >= REFUSALS)) {
          throw refusal(options, "stream", { status, headers, said: headers["x-error-message"] });
        }
        course.trouble = `refused, ${status}`;
        if (status === 429 || headers["retry-after"]) wait = retryAfter(headers, clock.now()) ?? 0;
      } else {
        course.trouble = opening.failed;
        // Asking again would only be sent there again.
        if ("elsewhere" in opening) course.failures = ATTEMPTS;
      }
    }
    if (course.failures >= ATTEMPTS) continue;
    wait += backoff.next();
    yield [
      notice(
        "warning",
        `${host}: ${course.trouble}; opening the stream again in ${duration(wait)}`,
      ),
    ];
    await sleep(clock, wait, signal);
    signal.throwIfAborted();
  }
}

/** Fills what was missed since the last connection. */
async function* catchUp(
  visit: Visit,
  { lost, doubt }: Course,
): AsyncGenerator<ServerEvent[], void, undefined> {
  const { cursor, timeline, rhythm, options, host } = visit;
  const id = doubt === null ? cursor.id : doubt.from;
  const time = doubt === null ? cursor.time : null;
  // Before the first connection the line was looked at a moment ago.
  const overlap = lost === null ? 0 : visit.overlap;
  const line = { id, time, known: id !== null };
  const { filled, lost: gone, empty } = yield* fill(timeline, cursor, line, { overlap });
  if (doubt !== null) yield [{ kind: "doubt", after: null }];
  if (lost !== null) {
    const milliseconds = since(visit, lost.heard);
    yield [{ kind: "gap", cause: lost.cause, milliseconds, filled, lost: gone }];
    if (lost.quiet && filled === 0) rhythm.falseAlarm();
  }
  if (empty && id !== null) {
    yield* meet(visit);
    yield [
      notice("warning", `${host}: its ${timelineName(options)} is empty; it may be switched off`),
    ];
  }
}

/** Polls for a while, where there is no stream to be had. */
async function* pollMeanwhile(
  visit: Visit,
  course: Course,
): AsyncGenerator<ServerEvent[], void, undefined> {
  const { host, options, deps: { clock } } = visit;
  yield [
    notice(
      "warning",
      `${host}: no stream (${course.trouble}); polling its ${timelineName(options)} ` +
        `for ${duration(MEANWHILE)}`,
    ),
  ];
  yield* catchUp(visit, course);
  yield* poll(visit, clock.now() + MEANWHILE);
  course.lost = { cause: "polled meanwhile", heard: clock.now(), ours: true };
}
