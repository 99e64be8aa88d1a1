/**
 * One server, from the first question to the last frame: an endless and
 * gap-free sequence of what it tells.
 *
 * @module
 */
import { Failure } from "../../common/failure.ts";
import { fill, type Line } from "./backfill.ts";
import { createCursor, timeOf } from "./cursor.ts";
import type { ServerEvent } from "./event.ts";
import { streamsNothing } from "./rest/instance.ts";
import { live } from "./stream/live.ts";
import { createRhythm } from "./stream/liveness.ts";
import { notice } from "./notice.ts";
import { type FeedDeps, type FeedOptions, realWorld } from "./feed-options.ts";
import { poll } from "./poll.ts";
import { timelineName } from "./refusal.ts";
import { createRest } from "./rest/rest.ts";
import { idAt } from "./status-id.ts";
import { createTimeline } from "./rest/timeline.ts";
import { tokenName } from "./token-name.ts";
import { meet, since, UNKNOWN, type Visit } from "./feed-context.ts";

export type { FeedDeps, FeedOptions } from "./feed-options.ts";

/** Pages read again before the line: remote statuses come late, local ones hardly. */
const FEDERATED_OVERLAP = 3, LOCAL_OVERLAP = 1;

/**
 * Listens to a server until its signal is aborted. It gives what comes in
 * arrays: a page of the timeline, or the burst of frames that was waiting. It
 * works only while somebody pulls, so a slow reader slows the server's socket.
 *
 * The same status may come twice, never not at all; statuses are not in order.
 *
 * @throws {Failure} where only a person can help: no token, a wrong one, a feed
 * that is switched off, a host that is no such server
 */
export async function* feed(
  options: FeedOptions,
  deps: Partial<FeedDeps> = {},
): AsyncGenerator<ServerEvent[], void, undefined> {
  try {
    yield* listen(options, { ...realWorld, ...deps });
  } catch (error) {
    if (!options.signal.aborted) throw error;
  }
}

async function* listen(
  options: FeedOptions,
  deps: FeedDeps,
): AsyncGenerator<ServerEvent[], void, undefined> {
  const { baseURL, token, federated, resumeFrom, resumeTime = null, signal } = options;
  signal.throwIfAborted();
  const host = new URL(baseURL).host;
  // Said here, and without it: what headers are made of would say it with it.
  if (token !== null && !/^[\x21-\x7e]+$/.test(token)) {
    throw new Failure(`The token for ${host} has characters that no token has`, { exitCode: 2 });
  }
  const rest = createRest(options, deps);
  const visit: Visit = {
    options,
    deps,
    host,
    rest,
    timeline: createTimeline(options, deps, rest),
    cursor: createCursor(resumeFrom === null ? null : { id: resumeFrom, time: resumeTime }),
    rhythm: createRhythm(deps.clock, options.watchdog ? options.watchdog * 1000 : null),
    overlap: federated ? FEDERATED_OVERLAP : LOCAL_OVERLAP,
    instance: UNKNOWN,
  };
  yield* meet(visit);
  const { software, version } = visit.instance;
  yield [notice("info", `${host}: ${software ?? "a server"} ${version ?? ""}`.trimEnd())];

  const line = yield* firstLine(visit);
  if (line !== null) {
    const overlap = line.known ? visit.overlap : 0;
    const { filled, lost } = yield* fill(visit.timeline, visit.cursor, line, { overlap });
    const milliseconds = since(visit, line.time);
    yield [{ kind: "gap", cause: "start", milliseconds, filled, lost }];
  }

  if (token !== null && !streamsNothing(visit.instance)) return yield* live(visit);
  const why = token === null
    ? `no token (${tokenName(baseURL)}), so`
    : `${software} streams nothing, so`;
  yield [notice("info", `${host}: ${why} its ${timelineName(options)} is polled`)];
  yield* poll(visit);
}

/** Where a run begins; null for from now on. */
async function* firstLine(
  visit: Visit,
): AsyncGenerator<ServerEvent[], Line | null, undefined> {
  const { options, deps, timeline, cursor, host } = visit;
  if (cursor.id !== null) return { id: cursor.id, time: cursor.time, known: true };

  const { newest, statuses } = yield* timeline.read({ limit: 1 });
  if (newest === null) {
    yield [
      notice(
        "warning",
        `${host}: its ${timelineName(options)} is empty; nobody has posted yet, ` +
          `or it is switched off`,
      ),
    ];
    return null;
  }
  const createdAt = timeOf(statuses[0]);
  const back = options.since ?? 0;
  if (back === 0) {
    cursor.begin(newest, createdAt);
    yield [{ kind: "position", id: newest, time: createdAt }];
    return null;
  }
  const time = back === "all" ? null : deps.clock.now() - back;
  const id = idAt({ id: newest, createdAt }, time ?? 1);
  if (id !== null) {
    cursor.begin(id, time);
    yield [{ kind: "position", id, time }];
  }
  return { id, time, known: false };
}
