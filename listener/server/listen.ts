/**
 * Listening to one connection.
 *
 * @module
 */
import { noteStatuses, type Visit } from "./visit.ts";
import type { ServerEvent } from "./event.ts";
import { notice } from "./notice.ts";
import type { Stream } from "./stream.ts";
import { PAGE } from "./timeline.ts";

/** Milliseconds until the timeline is looked at once more, and for how many pages at most. */
const SETTLE = 10_000, PAGES = 3;

/**
 * Gives what a connection tells, until it is over.
 *
 * A server says that a stream is open a moment before it is: the subscription
 * behind it takes its time, and a page may come from a replica of the database
 * that lags. So the timeline is looked at once more, some seconds later, from
 * where the stream began.
 *
 * @param known names of events that are not for us; each is told once
 * @param heard told each time when statuses came
 */
export async function* listen(
  visit: Visit,
  stream: Stream,
  known: ReadonlySet<string>,
  heard: () => void,
): AsyncGenerator<ServerEvent[], void, undefined> {
  const { deps: { clock }, cursor, rhythm, host } = visit;
  const from = cursor.id;
  let due = false;
  const cancel = clock.after(SETTLE, () => {
    due = true;
    stream.wake();
  });
  rhythm.restart();
  try {
    for (;;) {
      const before = known.size;
      const events = stream.take();
      if (known.size > before) {
        for (const name of [...known].slice(before)) {
          events.push(notice("info", `${host}: events "${name}" are not for us and left out`));
        }
      }
      if (events.length > 0) {
        const statuses = noteStatuses(cursor, events);
        if (statuses > 0) {
          rhythm.note(statuses);
          heard();
        }
        yield events;
      } else if (stream.ended !== null) {
        return;
      }
      if (due) {
        due = false;
        yield* lookAgain(visit, from);
      } else if (events.length === 0) {
        await stream.ready();
      }
    }
  } finally {
    cancel();
  }
}

async function* lookAgain(
  { timeline, cursor }: Visit,
  from: string | null,
): AsyncGenerator<ServerEvent[], void, undefined> {
  let minId = from;
  for (let pages = 0; pages < PAGES; pages++) {
    const { statuses, newest } = await timeline.glance({ minId });
    const missed = statuses.filter((status) => cursor.give(status));
    if (missed.length > 0) {
      yield missed.map((status) => ({ kind: "status", transport: "backfill", status }));
    }
    if (statuses.length < PAGE) return;
    minId = newest;
  }
}
