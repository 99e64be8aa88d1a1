/**
 * Decides where a feed begins: at the end of the last run, as far back as the user requested, or
 * with new statuses.
 *
 * @module
 */
import type { ServerEvent } from "../event.ts";
import { NO_FLOOR } from "../given-statuses.ts";
import { notice } from "../notice.ts";
import { timelineName } from "../refusal.ts";
import { streamsNothing } from "../rest/instance.ts";
import type { Instant } from "../rest/rest.ts";
import type { ServerContext } from "../server-context.ts";
import { fingerprintOf } from "../../toot/fingerprint.ts";
import { editedOf, idOf, timeOf } from "../status-fields.ts";
import { canPage } from "../status-id.ts";
import { tokenName } from "../token-name.ts";
import type { Absence } from "./coverage/task.ts";

/** The part of the timeline to be read at the start. */
export type Beginning =
  /** Nothing more has to be read: the newest page was read at this time. */
  | { readonly read: Instant }
  /**
   * Everything since this time must be read, because no listener was running. Null for the whole
   * timeline.
   */
  | { readonly since: number | null; readonly absence: Absence };

/** Returns those of the times that are known and not in the future. */
const past = (now: number, ...times: (number | null | undefined)[]) =>
  times.filter((time): time is number => typeof time === "number" && time <= now);

/**
 * Finds where the feed begins.
 *
 * @param allowance this many milliseconds before the end of the last run are read again
 */
export async function* begin(
  context: ServerContext,
  allowance: number,
): AsyncGenerator<ServerEvent[], Beginning, undefined> {
  const { options, deps: { clock }, memory: { given, begin } } = context;
  const { resume = null, since: back = 0 } = options;
  const now = clock.now();
  if (resume !== null || given.origin !== null) return resumed(context, allowance);
  if (back !== 0) {
    const since = back === "all" ? null : now - back;
    begin(since === null ? NO_FLOOR : { id: null, time: since }, now);
    return { since, absence: { cause: "start", from: since } };
  }
  return { read: yield* beginNow(context) };
}

/**
 * Returns the beginning of a later run: the time until which the last run covered everything. If no
 * run has covered anything, the beginning is the point at which the first run began.
 */
function resumed(
  { options: { resume = null }, deps: { clock }, memory: { given, begin } }: ServerContext,
  allowance: number,
): Beginning {
  const now = clock.now();
  const { origin } = given;
  const line = past(now, resume?.time)[0] ?? null;
  const covered = past(now, resume?.coveredUntil)[0] ?? null;
  // A first run that was interrupted has covered nothing.
  const first = origin === null
    ? line
    : origin.floor.time ?? (origin.floor.id === null ? null : origin.at);
  const from = covered ?? first;
  const since = from === null ? null : Math.min(from, ...past(now, line)) - allowance;
  if (origin === null) {
    begin({ id: since === null ? resume?.id ?? null : null, time: since }, now);
  }
  return { since, absence: { cause: "start", from, line } };
}

/** Yields a message that says why there is no stream; yields nothing if there is one. */
export function* sayPolled({ host, options, instance }: ServerContext): Generator<ServerEvent[]> {
  const streams = !streamsNothing(instance);
  if (options.token !== null && streams) return;
  const why = streams
    ? `no token (${tokenName(options.baseURL)})`
    : `${instance.software} does not stream`;
  yield [notice("info", `${host}: ${why}, so its ${timelineName(options)} is polled`)];
}

/**
 * Reads the newest page. Its statuses were posted before the start, even if their times say
 * otherwise. They are remembered, but not passed on. Returns the time at which the page was
 * requested.
 */
async function* beginNow(
  { options, deps: { clock }, memory: { given, begin }, timeline, host }: ServerContext,
): AsyncGenerator<ServerEvent[], Instant, undefined> {
  const { statuses, next, asked } = yield* timeline.read(null);
  if (statuses.length === 0) {
    yield [
      notice(
        "warning",
        `${host}: its ${timelineName(options)} is empty: nobody has posted yet, ` +
          `or it is switched off`,
      ),
    ];
  }
  const now = clock.now();
  begin({ id: next, time: null }, now);
  for (const status of statuses) {
    const id = idOf(status);
    if (id === null) continue;
    given.give(id, Math.min(timeOf(status) ?? now, now), editedOf(status), fingerprintOf(status));
    if (canPage(id)) given.settle(id, "left out");
  }
  return asked;
}
