/**
 * Reads a feed in a test: all that it gives, and waiting for what is to come.
 *
 * @module
 */
import type { CoverageEvent, GapEvent, NoticeEvent, ServerEvent, StatusEvent } from "../event.ts";

/** What a feed gave so far. */
export interface Reader {
  readonly events: readonly ServerEvent[];
  /** Uris of the statuses, each as often as it came. */
  uris(): string[];
  statuses(): StatusEvent[];
  gaps(): GapEvent[];
  coverage(): CoverageEvent[];
  /** Ids that were told to be deleted. */
  deletes(): string[];
  notices(): string[];
  /** Resolves when this holds; rejects when the feed is over before. */
  until(holds: (reader: Reader) => boolean): Promise<void>;
  /** Resolves when the feed is over, rejects as it does. */
  readonly done: Promise<void>;
}

/** Pulls a feed to its end, as fast as it goes. */
export function readFeed(feed: AsyncIterable<ServerEvent[]>): Reader {
  const events: ServerEvent[] = [];
  let over = false;
  let waiting: (() => void)[] = [];
  const wake = () => {
    const woken = waiting;
    waiting = [];
    for (const resolve of woken) resolve();
  };
  const done = (async () => {
    try {
      for await (const some of feed) {
        events.push(...some);
        wake();
      }
    } finally {
      over = true;
      wake();
    }
  })();
  // Whoever waits sees the error; who does not awaits `done` later.
  done.catch(() => {});
  const reader: Reader = {
    events,
    done,
    uris: () => reader.statuses().map(({ status }) => (status as { uri: string }).uri),
    statuses: () => events.filter((event) => event.kind === "status"),
    coverage: () => events.filter((event) => event.kind === "coverage"),
    deletes: () => events.filter((event) => event.kind === "delete").map(({ id }) => id),
    gaps: () => events.filter((event) => event.kind === "gap"),
    notices: () =>
      events.filter((event): event is NoticeEvent => event.kind === "notice")
        .map(({ message }) => message),
    async until(holds) {
      while (!holds(reader)) {
        if (over) {
          await done;
          throw new Error(`The feed was over before: ${holds}`);
        }
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
  };
  return reader;
}
