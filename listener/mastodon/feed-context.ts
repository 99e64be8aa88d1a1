/**
 * A server that is being listened to: what its parts share.
 *
 * @module
 */
import type { Cursor } from "./cursor.ts";
import type { ServerEvent } from "./event.ts";
import { type Instance, readInstance, withSoftware } from "./rest/instance.ts";
import type { Rhythm } from "./stream/liveness.ts";
import { notice } from "./notice.ts";
import type { FeedDeps, FeedOptions } from "./feed-options.ts";
import { switchedOff, timelineName } from "./refusal.ts";
import type { Rest } from "./rest/rest.ts";
import type { Timeline } from "./rest/timeline.ts";

/** A server that is being listened to. */
export interface Visit {
  readonly options: FeedOptions;
  readonly deps: FeedDeps;
  /** For messages. */
  readonly host: string;
  readonly rest: Rest;
  readonly timeline: Timeline;
  readonly cursor: Cursor;
  readonly rhythm: Rhythm;
  /** Pages before the line that are read again after a gap. */
  readonly overlap: number;
  /** What the server last said of itself. */
  instance: Instance;
}

/** What a server is that does not say. */
export const UNKNOWN: Instance = { software: null, version: null, streaming: null, access: null };

/**
 * Asks the server what it is, and whether it still shows the timeline.
 *
 * @throws {Failure} where the timeline is switched off
 */
export async function* meet(visit: Visit): AsyncGenerator<ServerEvent[], void, undefined> {
  const { rest, options, host, timeline } = visit;
  const instance = yield* readInstance(rest, options.baseURL);
  if (instance !== null) {
    const { software } = visit.instance;
    visit.instance = software === null
      ? await withSoftware(instance, rest)
      : { ...instance, software };
  }
  const { access } = visit.instance;
  if (access === null) return;
  const feeds = options.federated ? [access.local, access.remote] : [access.local];
  if (!feeds.includes("disabled")) return;
  if (feeds.every((feed) => feed === "disabled")) {
    // Staff may still see it, which their token shows.
    const { statuses } = yield* timeline.read({ limit: 1 });
    if (statuses.length === 0) throw switchedOff(options);
  } else {
    const which = access.local === "disabled" ? "local" : "remote";
    yield [
      notice(
        "warning",
        `${host}: its ${timelineName(options)} comes without ${which} statuses, ` +
          `which the server has switched off`,
      ),
    ];
  }
}

/** Milliseconds from a time to now; null where the time is unknown. */
export function since(visit: Visit, time: number | null): number | null {
  return time === null ? null : Math.max(0, visit.deps.clock.now() - time);
}

/** Notes the statuses among these events as given. Gives how many there are. */
export function noteStatuses(cursor: Cursor, events: readonly ServerEvent[]): number {
  let statuses = 0;
  for (const event of events) {
    if (event.kind !== "status") continue;
    cursor.give(event.status);
    statuses++;
  }
  return statuses;
}
