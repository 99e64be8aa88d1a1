/**
 * Listening to one connection, and not believing it blindly.
 *
 * @module
 */
import type { ServerEvent } from "../event.ts";
import { notice } from "../notice.ts";
import type { Stream } from "./stream.ts";
import { compareIds } from "../status-id.ts";
import { PAGE } from "../rest/timeline.ts";
import { noteStatuses, type Visit } from "../feed-context.ts";

/** Milliseconds until the timeline is looked at again. */
const LOOK = 5_000;

/** A place in the timeline that is to be looked at again. */
export interface Doubt {
  /** What may be missing comes after this id. */
  readonly from: string | null;
  /** Why it may be. */
  readonly cause: string;
  /** Milliseconds in which it may have been lost. */
  readonly milliseconds: number | null;
}

/**
 * Gives what a connection tells, until it is over.
 *
 * Twice a stream may leave out statuses though it is open. When it begins: the
 * server says so a moment before its subscription stands, and the pages that were
 * read meanwhile may come from a replica that lags. And when it pauses: its
 * server's own supply may have broken off for a while. So the timeline is looked
 * at again some seconds after the beginning, and after every unusual pause, from
 * the last status before it: one small request, and all the pages there are if
 * something was missing.
 *
 * @param known names of events that are not for us; each is told once
 * @param heard told each time when statuses came
 * @returns a doubt that there was no time to clear up
 */
export async function* listen(
  visit: Visit,
  stream: Stream,
  known: ReadonlySet<string>,
  heard: () => void,
): AsyncGenerator<ServerEvent[], Doubt | null, undefined> {
  const { deps: { clock }, cursor, rhythm, host } = visit;
  let doubt: Doubt | null = null, due = false;
  let cancel = () => {};
  const doubtSoon = (what: Doubt) => {
    if (doubt !== null) return;
    doubt = what;
    cancel = clock.after(LOOK, () => {
      due = true;
      stream.wake();
    });
  };
  doubtSoon({ from: cursor.id, cause: "the stream began late", milliseconds: null });
  rhythm.restart();
  try {
    if (cursor.id !== null) yield [{ kind: "doubt", after: cursor.id }];
    for (;;) {
      const before = known.size, from = cursor.id;
      const events = stream.take();
      if (known.size > before) {
        for (const name of [...known].slice(before)) {
          events.push(notice("info", `${host}: events "${name}" are not for us and left out`));
        }
      }
      if (events.length > 0) {
        const statuses = noteStatuses(cursor, events);
        if (statuses > 0) {
          const milliseconds = rhythm.note(statuses);
          const cause = "the stream left out statuses";
          if (milliseconds > 0) {
            if (doubt === null && from !== null) events.unshift({ kind: "doubt", after: from });
            doubtSoon({ from, cause, milliseconds });
          }
          heard();
        }
        yield events;
      } else if (stream.ended !== null) {
        return doubt;
      }
      if (due) {
        const what: Doubt = doubt!;
        due = false;
        doubt = null;
        if (!(yield* lookAgain(visit, what))) doubtSoon(what);
        else yield [{ kind: "doubt", after: null }];
      } else if (events.length === 0) {
        await stream.ready();
      }
    }
  } finally {
    cancel();
  }
}

/** Gives what is missing after a place of doubt. False where the server had no answer just now. */
async function* lookAgain(
  { timeline, cursor }: Visit,
  { from, cause, milliseconds }: Doubt,
): AsyncGenerator<ServerEvent[], boolean, undefined> {
  let minId = from, until: string | null = null, filled = 0, answered = true;
  for (;;) {
    const page = await timeline.glance({ minId });
    answered = page !== null;
    if (page === null) break;
    const missed = page.statuses.filter((status) => cursor.give(status));
    filled += missed.length;
    if (missed.length > 0) {
      yield missed.map((status) => ({ kind: "status", transport: "backfill", status }));
    }
    // A page of nothing but what came already: from there on all came.
    if (missed.length === 0 || page.statuses.length < PAGE || page.newest === null) break;
    // What comes from now on is the stream's to give.
    until ??= (await timeline.glance({ limit: 1 }))?.newest ?? page.newest;
    if (compareIds(page.newest, until) >= 0) break;
    minId = page.newest;
  }
  if (filled > 0) yield [{ kind: "gap", cause, milliseconds, filled, lost: 0 }];
  return answered;
}
