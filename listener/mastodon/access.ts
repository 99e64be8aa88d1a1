/**
 * Handles timelines that a server has switched off (`timelines_access`), for ever or for a while.
 *
 * @module
 */
import { sleep } from "../../common/clock.ts";
import type { ServerEvent } from "./event.ts";
import { notice } from "./notice.ts";
import { switchedOff, timelineName } from "./refusal.ts";
import { refreshInstance, type ServerContext } from "./server-context.ts";

/**
 * While the timeline is off, the first and the longest wait between two requests, in milliseconds.
 */
const FIRST = 5_000, LONGEST = 900_000;
/** Each wait is longer than the one before by this factor. */
const GROWTH = 1.5;

/**
 * Requests the server's description, and checks that the server still shows the timeline. If the
 * timeline is switched off, the feed waits until the server shows it again.
 *
 * @returns true if the timeline was off
 * @throws {Failure} if the timeline is off and the server has never sent a status
 */
export async function* checkAccess(
  context: ServerContext,
): AsyncGenerator<ServerEvent[], boolean, undefined> {
  const { options, host, memory: { given }, deps: { clock, random } } = context;
  const { access: before } = context.instance;
  yield* refreshInstance(context);
  yield* tellHalf(context, before);
  if (!(yield* isOff(context))) return false;
  if (given.count === 0 && (options.resume ?? null) === null) throw switchedOff(options);
  const name = timelineName(options);
  yield [
    notice(
      "warning",
      `${host} has switched its ${name} off (timelines_access: disabled): ` +
        `the listener asks again, more and more rarely`,
    ),
  ];
  let wait = FIRST;
  do {
    await sleep(clock, wait * (1 + random() / 10), options.signal);
    options.signal.throwIfAborted();
    wait = Math.min(LONGEST, wait * GROWTH);
    yield* refreshInstance(context);
  } while (yield* isOff(context));
  yield [notice("info", `${host} shows its ${name} again`)];
  return true;
}

/** Returns who may read each part of the timeline that the feed reads; empty if unknown. */
function feedsOf({ options, instance: { access } }: ServerContext) {
  if (access === null) return [];
  return options.federated ? [access.local, access.remote] : [access.local];
}

/** Returns true if the server says that the timeline is off, and its newest page is empty. */
async function* isOff(
  context: ServerContext,
): AsyncGenerator<ServerEvent[], boolean, undefined> {
  const feeds = feedsOf(context);
  if (feeds.length === 0 || feeds.some((feed) => feed !== "disabled")) return false;
  // A token of the server's staff may still read a timeline that is switched off.
  const { statuses } = yield* context.timeline.read(null);
  return statuses.length === 0;
}

/** Reports once that half of the federated timeline is off. */
function* tellHalf(
  context: ServerContext,
  before: ServerContext["instance"]["access"],
): Generator<ServerEvent[]> {
  const { options, host, instance: { access } } = context;
  if (access === null || !options.federated || access.local === access.remote) return;
  if (access.local !== "disabled" && access.remote !== "disabled") return;
  if (access.local === before?.local && access.remote === before.remote) return;
  const which = access.local === "disabled" ? "local" : "remote";
  yield [
    notice(
      "warning",
      `${host}: its ${timelineName(options)} lacks the ${which} statuses, ` +
        `which the server has switched off`,
    ),
  ];
}
