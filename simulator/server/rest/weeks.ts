/**
 * `GET /api/v1/instance/activity`: the number of statuses that the server's own people posted in
 * each of the last twelve weeks. The first entry covers today only.
 *
 * @see https://docs.joinmastodon.org/methods/instance/#activity
 * @module
 */
import type { Book } from "../../book.ts";

const DAY = 86_400_000;
const WEEKS = 12;

/** The counts of one week. All values in this answer are text. */
export interface Week {
  /** The start of the week, in seconds since 1970. */
  week: string;
  statuses: string;
  logins: string;
  registrations: string;
}

/** Returns the activity of server number `server` at `now`. Deleted statuses are counted too. */
export function activityWeeks(book: Book, server: number, now: number): Week[] {
  const { ledger, world } = book;
  const byDay = new Map<number, number>();
  for (let post = ledger.first; post < ledger.next; post++) {
    if (world.accounts.all[ledger.author(post)]!.home !== server) continue;
    const day = Math.floor(ledger.posted(post) / DAY);
    byDay.set(day, (byDay.get(day) ?? 0) + 1);
  }
  return Array.from({ length: WEEKS }, (_, back) => {
    const start = now - back * 7 * DAY;
    let statuses = 0;
    for (let day = 0; day < 7; day++) {
      statuses += byDay.get(Math.floor(start / DAY) + day) ?? 0;
    }
    return {
      week: String(Math.floor(start / 1000)),
      statuses: String(statuses),
      logins: String(Math.ceil(statuses / 5)),
      registrations: "0",
    };
  });
}
