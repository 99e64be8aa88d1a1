/**
 * The feed of one server: its statuses, edits and deletes. It begins where the last run ended. The
 * first run begins at `since`, or with new statuses.
 *
 * The feed reads the server's timeline again and again. These sweeps find every status that the
 * timeline still shows, even without a stream. With a token there is also a stream, which brings
 * most statuses, edits and deletes immediately.
 *
 * @module
 */
import { Failure } from "../../common/failure.ts";
import { checkAccess } from "./access.ts";
import type { ServerEvent } from "./event.ts";
import { type FeedDeps, type FeedOptions, realWorld } from "./feed-options.ts";
import { createGivenStatuses } from "./given-statuses.ts";
import { merge } from "./merge.ts";
import { notice } from "./notice.ts";
import { streamsNothing } from "./rest/instance.ts";
import { createRest } from "./rest/rest.ts";
import { createTimeline } from "./rest/timeline.ts";
import { type ServerContext, UNKNOWN } from "./server-context.ts";
import { createFollower } from "./stream/follow.ts";
import { createRhythm } from "./stream/liveness.ts";
import { createSweeper } from "./sweep/sweeper.ts";

export type { FeedDeps, FeedOptions, Resume } from "./feed-options.ts";

/**
 * Listens to a server until `options.signal` is aborted. It yields arrays of events: those of a
 * page of the timeline, or a burst of frames that were waiting. The generator works only while the
 * caller pulls, so a slow reader slows down the server's socket.
 *
 * The same status may come twice, and statuses are not in order. From the beginning of the feed on,
 * every status that the timeline still shows is passed on.
 *
 * @throws {Failure} if the user must act: the token is missing or wrong, the timeline was switched
 * off from the start, or the host is not a Mastodon-compatible server
 */
export async function* feed(
  options: FeedOptions,
  deps: Partial<FeedDeps> = {},
): AsyncGenerator<ServerEvent[], void, undefined> {
  const abort = new AbortController();
  const signal = AbortSignal.any([options.signal, abort.signal]);
  let flush = (): ServerEvent[] => [];
  try {
    const context = createContext({ ...options, signal }, { ...realWorld, ...deps });
    const follower = createFollower(context);
    const sweeper = createSweeper(
      context,
      () => follower.restart("nothing came through the stream"),
    );
    flush = sweeper.flush;
    yield* introduce(context);
    const sources = [sweeper.run()];
    if (options.token !== null && !streamsNothing(context.instance)) {
      sources.push(follower.run(sweeper));
    }
    yield* merge(sources, () => abort.abort());
  } catch (error) {
    if (!options.signal.aborted) throw error;
  }
  const rest = flush();
  if (rest.length > 0) yield rest;
}

function createContext(options: FeedOptions, deps: FeedDeps): ServerContext {
  const { baseURL, token, signal, watchdog } = options;
  const host = new URL(baseURL).host;
  signal.throwIfAborted();
  // The token is checked here because an error of `fetch` about the header would contain the token.
  // The message below does not contain it.
  if (token !== null && !/^[\x21-\x7e]+$/.test(token)) {
    throw new Failure(`The token for ${host} contains characters that are not allowed in a token`, {
      exitCode: 2,
    });
  }
  const rest = createRest(options, deps);
  return {
    ...{ options, deps, host, rest },
    timeline: createTimeline(options, deps, rest),
    memory: options.memory ?? inMemory(),
    rhythm: createRhythm(deps.clock, watchdog ? watchdog * 1000 : null),
    instance: UNKNOWN,
  };
}

/** Creates a memory that ends with the feed. */
function inMemory(): ServerContext["memory"] {
  const given = createGivenStatuses();
  return { given, begin: given.begin };
}

/**
 * Reads the server's description of itself, waits while the timeline is off, and tells the user the
 * software.
 */
async function* introduce(
  context: ServerContext,
): AsyncGenerator<ServerEvent[], void, undefined> {
  yield* checkAccess(context);
  const { software, version } = context.instance;
  yield [notice("info", `${context.host}: ${software ?? "a server"} ${version ?? ""}`.trimEnd())];
}
