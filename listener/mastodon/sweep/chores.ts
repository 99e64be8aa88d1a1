/**
 * What is to be done for a server from time to time, beside reading its timeline.
 *
 * @module
 */
import type { ServerEvent } from "../event.ts";
import { refreshInstance, type ServerContext } from "../server-context.ts";
import { readActivity } from "./activity.ts";

/** The server is asked this often what it is and whether it still shows the timeline. */
const REFRESH = 1_800_000;
/** The same, if it has not said yet, or shows an empty timeline. */
const REFRESH_SOON = 300_000, REFRESH_EMPTY = 60_000;
/** Its own counts are asked for this often, the first time a little after the start. */
const ACTIVITY = 3_600_000, ACTIVITY_FIRST = 30_000;
/** Entries that cannot be read are told this often. */
const UNREADABLE = 3_600_000;
/** Characters of such an entry that are kept. */
const SHOWN = 200;

/** The chores of one server. */
export interface Chores {
  /** When the next one is due, by the monotonic clock. */
  readonly at: number;
  do(): AsyncGenerator<ServerEvent[], void, undefined>;
  /** The timeline shows nothing although it did before: has it been switched off? */
  timelineEmpty(): AsyncGenerator<ServerEvent[], void, undefined>;
  /** A page had entries without a usable id: gives a dead letter, at most one an hour. */
  unreadable(count: number, first: unknown): ServerEvent[];
}

/** Makes them. */
export function createChores(context: ServerContext): Chores {
  const { deps: { clock }, rest } = context;
  let refreshed = clock.monotonic();
  let activityAt = refreshed + ACTIVITY_FIRST, unreadableAt = -Infinity;

  const refreshAt = () => refreshed + (context.instance.version === null ? REFRESH_SOON : REFRESH);

  async function* refresh(): AsyncGenerator<ServerEvent[], void, undefined> {
    refreshed = clock.monotonic();
    yield* refreshInstance(context);
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
    },
    async *timelineEmpty() {
      if (clock.monotonic() - refreshed >= REFRESH_EMPTY) yield* refresh();
    },
    unreadable(count, first) {
      const now = clock.monotonic();
      if (now - unreadableAt < UNREADABLE) return [];
      unreadableAt = now;
      let raw: string;
      try {
        raw = JSON.stringify(first)?.slice(0, SHOWN) ?? "";
      } catch {
        raw = ""; // nested too deeply
      }
      const reason = `${count} entries of a page of the timeline have no usable id`;
      return [{ kind: "bad", transport: "poll", reason, raw }];
    },
  };
}
