/**
 * One server, from the first question to the last frame: an endless and
 * gap-free sequence of what it tells.
 *
 * @module
 */
import type { ServerEvent } from "./event.ts";
import { type FeedDeps, type FeedOptions, realWorld } from "./options.ts";

export type { FeedDeps, FeedOptions } from "./options.ts";

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
  void { ...realWorld, ...deps };
  if (options.signal.aborted) return;
  yield [];
  throw new Error("not there yet");
}
