/**
 * The periodic requests to a server, besides those for its timeline.
 *
 * @module
 */
import type { ServerEvent } from "../event.ts";
import { checkAccess } from "../access.ts";
import type { ServerContext } from "../server-context.ts";
import { readActivity } from "./activity.ts";

/**
 * The time in milliseconds between two requests for the server's description. Each answer also
 * shows whether the timeline is still switched on.
 */
const REFRESH = 1_800_000;
/** The shorter time, in milliseconds, that applies until the server has described itself. */
const REFRESH_SOON = 300_000;
/**
 * The time in milliseconds between two requests for the server's own counts, and from the start to
 * the first request.
 */
const ACTIVITY = 3_600_000, ACTIVITY_FIRST = 30_000;
/** Unreadable entries of pages are reported at most once in this many milliseconds. */
const UNREADABLE = 3_600_000;
/** The maximum number of characters of an unreadable entry that are kept. */
const SHOWN = 200;

/** The chores of one server. */
export interface Chores {
  /** When the next chore is due, on the monotonic clock. */
  readonly at: number;
  /**
   * Does one chore: refreshes the server's description if that is due, or else reads the server's
   * own counts. Call this when the time `at` has come.
   *
   * @returns true if the server had switched the timeline off, and shows it again
   */
  do(): AsyncGenerator<ServerEvent[], boolean, undefined>;
  /**
   * Call this when the timeline is empty and was not empty before. The method checks whether the
   * server has switched the timeline off, and waits until it is on again.
   *
   * @returns true if the timeline was switched off
   */
  timelineEmpty(): AsyncGenerator<ServerEvent[], boolean, undefined>;
  /**
   * Call this when a page had entries without a usable id. Returns an event for the dead letters at
   * most once an hour, and otherwise nothing.
   */
  unreadable(count: number, first: unknown): ServerEvent[];
}

/** Creates the chores. */
export function createChores(context: ServerContext): Chores {
  const { deps: { clock }, rest } = context;
  let refreshed = clock.monotonic();
  let activityAt = refreshed + ACTIVITY_FIRST, unreadableAt = -Infinity;

  const refreshAt = () => refreshed + (context.instance.version === null ? REFRESH_SOON : REFRESH);

  async function* refresh(): AsyncGenerator<ServerEvent[], boolean, undefined> {
    const wasOff = yield* checkAccess(context);
    refreshed = clock.monotonic();
    return wasOff;
  }

  return {
    get at() {
      return Math.min(refreshAt(), activityAt);
    },
    async *do() {
      if (clock.monotonic() >= refreshAt()) return yield* refresh();
      activityAt = clock.monotonic() + ACTIVITY;
      const events = await readActivity(rest, clock.now());
      if (events.length > 0) yield events;
      return false;
    },
    timelineEmpty: refresh,
    unreadable(count, first) {
      const now = clock.monotonic();
      if (now - unreadableAt < UNREADABLE) return [];
      unreadableAt = now;
      let raw: string;
      try {
        raw = JSON.stringify(first)?.slice(0, SHOWN) ?? "";
      } catch {
        raw = ""; // The entry is nested too deeply.
      }
      const reason = `${count} entries of a page of the timeline have no usable id`;
      return [{ kind: "bad", transport: "poll", reason, raw }];
    },
  };
}
