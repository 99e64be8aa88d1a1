/**
 * The activity while the servers run: posts, edits and deletes. Each of them is sent to the streams
 * of all servers that have the post.
 *
 * @module
 */
import { createArrivals } from "./arrivals.ts";
import type { Book } from "../book.ts";
import type { Posts } from "../posts.ts";
import type { RunningServer } from "../server/server.ts";
import { chance, hash } from "../world/hash.ts";

/** Options of {@link createActivity}. */
export interface ActivityOptions {
  book: Book;
  posts: Posts;
  servers: readonly RunningServer[];
  clock: () => number;
  /** The average number of edits per posted status in `step`. */
  edits: number;
  /** The average number of deletes per posted status in `step`. */
  deletes: number;
}

/** The actions of people on the federation. Posts are identified by their numbers. */
export interface Activity {
  /**
   * Posts a status now, and returns its number. With `home`, the author is a person of that server.
   */
  publish(home?: number): number;
  /** Posts a status. Sometimes also edits or deletes a recent status. */
  step(): void;
  edit(post: number): void;
  remove(post: number): void;
  /** Returns a recent post that was not deleted, chosen by the seed; -1 if none was found. */
  recent(): number;
  /** Returns the post with this uri; -1 if there is none or it was deleted. */
  find(uri: string): number;
  /** Writes all buffered frames to the sockets. */
  flush(): void;
}

/** Creates the activity of these servers. */
export function createActivity(options: ActivityOptions): Activity {
  const { book, posts, servers, clock } = options;
  const { ledger, world: { seed, accounts } } = book;
  const arrivals = createArrivals(book, clock);
  const homeOf = (post: number) => servers[accounts.all[ledger.author(post)]!.home];
  let draws = 0;

  const send = (server: RunningServer, post: number) => {
    server.streaming.send("update", post);
    server.afterStatus();
  };
  const sendDelete = ({ index, streaming }: RunningServer, post: number) => {
    const id = book.id(index, post);
    if (id !== undefined) streaming.sendDelete(post, id);
  };

  const publish = (home?: number) => {
    const post = posts.add(clock(), home);
    const own = homeOf(post);
    const now = ledger.posted(post);
    if (own) arrivals.posted(own, post);
    for (const server of servers) {
      const local = book.localOnly.has(post) && server !== own;
      if (posts.reaches(post, server.index) && !local) arrivals.arrive(server, post, now);
    }
    const deleted = own?.faults.use("delete-first") !== undefined;
    if (deleted) ledger.remove(post);
    // The addresses of a post need its id on its own server, so sending comes last.
    for (const server of servers) {
      if (deleted && server === own) sendDelete(server, post);
      if (ledger.timelines[server.index]!.id(post)) send(server, post);
      if (deleted && server !== own) sendDelete(server, post);
      for (const late of arrivals.release(server)) send(server, late);
    }
    book.prune();
    return post;
  };

  const edit = (post: number) => {
    const before = book.edit(post);
    const version = (before?.version ?? 0) + 1;
    const now = homeOf(post)?.clock() ?? clock();
    const at = Math.max(Math.floor(now), (before?.at ?? ledger.posted(post)) + 1);
    book.edits.set(post, { version, at });
    for (const { index, streaming } of servers) {
      if (book.id(index, post) !== undefined) streaming.send("status.update", post);
    }
  };

  const remove = (post: number) => {
    ledger.remove(post);
    for (const server of servers) sendDelete(server, post);
  };

  const recent = () => {
    const reach = Math.min(500, ledger.next - ledger.first);
    for (let tries = 0; tries < 20 && reach > 0; tries++) {
      const post = ledger.next - 1 - hash(seed, ++draws, 240) % reach;
      if (!ledger.gone(post)) return post;
    }
    return -1;
  };

  return {
    publish,
    edit,
    remove,
    recent,
    step() {
      const post = publish();
      if (chance(seed, post, 242) < options.edits) {
        const edited = recent();
        if (edited >= 0) edit(edited);
      }
      if (chance(seed, post, 243) < options.deletes) {
        const deleted = recent();
        if (deleted >= 0) remove(deleted);
      }
    },
    find(uri) {
      for (let post = ledger.next - 1; post >= ledger.first; post--) {
        if (!ledger.gone(post) && book.uri(post) === uri) return post;
      }
      return -1;
    },
    flush() {
      for (const { streaming } of servers) streaming.flush();
    },
  };
}
