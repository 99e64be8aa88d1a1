/**
 * Reads a feed in a test: collects all its events, and waits for expected ones.
 *
 * @module
 */
import type { CoverageEvent, GapEvent, NoticeEvent, ServerEvent, StatusEvent } from "../event.ts";

/** The events of a feed so far. */
export interface Reader {
  readonly events: readonly ServerEvent[];
  /** The uris of the statuses, with repetitions. */
  uris(): string[];
  statuses(): StatusEvent[];
  gaps(): GapEvent[];
  coverage(): CoverageEvent[];
  /** The ids of deleted statuses. */
  deletes(): string[];
  notices(): string[];
  /** Resolves when `holds` returns true; rejects if the feed ends first. */
  until(holds: (reader: Reader) => boolean): Promise<void>;
  /** Resolves when the feed ends, and rejects if it fails. */
  readonly done: Promise<void>;
}

/** Reads a feed to its end, as fast as possible. */
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
  // A test sees an error of the feed when it waits for an event or awaits `done`, so the error must
  // not count as unhandled here.
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
          throw new Error(`The feed ended before: ${holds}`);
        }
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
  };
  return reader;
}
