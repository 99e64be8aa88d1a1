/**
 * Pages of a public timeline, by the rules of Mastodon's `limit`, `max_id`,
 * `since_id` and `min_id`.
 *
 * @see https://docs.joinmastodon.org/methods/timelines/#public
 * @module
 */
import type { Book } from "./book.ts";
import type { IdParts } from "./ids.ts";

/** The statuses of a timeline: all, those of the server's own people, or the others. */
export type Scope = "all" | "local" | "remote";

/** The request of a client. */
export interface PageQuery {
  scope: Scope;
  onlyMedia: boolean;
  /** The maximum number of statuses of the page. */
  limit: number;
  /** Only statuses older than this id. */
  maxId?: IdParts | undefined;
  /** Only statuses newer than this id; the page has the newest of them. */
  sinceId?: IdParts | undefined;
  /** Only statuses newer than this id; the page has the oldest of them. */
  minId?: IdParts | undefined;
  /** Only statuses posted at this time or later, in milliseconds since 1970. */
  from?: number | undefined;
}

/** Returns true if a post is in a scope of a server's timeline. */
export function inScope(book: Book, server: number, post: number, scope: Scope): boolean {
  if (scope === "all") return true;
  const { home } = book.world.accounts.all[book.ledger.author(post)]!;
  return (home === server) === (scope === "local");
}

/** Returns the posts of a page, newest first. */
export function page(book: Book, server: number, query: PageQuery): number[] {
  const timeline = book.ledger.timelines[server]!;
  const { scope, onlyMedia, limit, maxId, sinceId, minId, from } = query;
  const found: number[] = [];
  const end = maxId ? timeline.before(maxId, false) : timeline.length;
  const lower = minId ?? sinceId;
  const start = lower ? timeline.before(lower, true) : 0;
  const wanted = (post: number) =>
    !book.ledger.gone(post) && !book.hidden[server]!.has(post) &&
    inScope(book, server, post, scope) &&
    (from === undefined || book.ledger.posted(post) >= from) &&
    (!onlyMedia || book.post(post).media > 0);
  if (minId) {
    for (let at = start; at < end && found.length < limit; at++) {
      const post = timeline.post(at);
      if (wanted(post)) found.push(post);
    }
    return found.reverse();
  }
  for (let at = end - 1; at >= start && found.length < limit; at--) {
    const post = timeline.post(at);
    if (wanted(post)) found.push(post);
    else if (from !== undefined && book.ledger.posted(post) < from - 3_600_000) break;
  }
  return found;
}
