/**
 * What happens while the servers run: posting, editing, deleting, each told to
 * the streams of the servers that it concerns.
 *
 * @module
 */
import type { Book } from "./book.ts";
import type { Posts } from "./posts.ts";
import type { RunningServer } from "./server/server.ts";
import { chance, hash } from "./world/hash.ts";

/** What {@link createActivity} needs. */
export interface ActivityOptions {
  book: Book;
  posts: Posts;
  servers: readonly RunningServer[];
  clock: () => number;
  /** Edits and deletes a status, for `step`. */
  edits: number;
  deletes: number;
}

/** The doings of the federation; posts go by number. */
export interface Activity {
  /** Posts a status now, by somebody of server `home` where that is given. */
  publish(home?: number): number;
  /** Posts a status, and may edit and delete others. */
  step(): void;
  edit(post: number): void;
  remove(post: number): void;
  /** A post of late that is still there, drawn by the seed; -1 where there is none. */
  recent(): number;
  /** The post with this uri that is still there, or -1. */
  find(uri: string): number;
  /** Hands what has gathered over to the sockets. */
  flush(): void;
}

/** A post that a fault holds back from a server, until so many more have come. */
interface Held {
  post: number;
  after: number;
}

/** Lets things happen on these servers. */
export function createActivity(options: ActivityOptions): Activity {
  const { book, posts, servers, clock } = options;
  const { ledger, world: { seed, accounts } } = book;
  const held: Held[][] = servers.map(() => []);
  let draws = 0;

  /** A post comes to a server, or is held back. */
  const arrive = (server: RunningServer, post: number) => {
    const { index, faults } = server;
    const own = accounts.all[ledger.author(post)]!.home === index;
    if (own && faults.use("nulls")) book.hollow.add(post);
    // Where so many are asked for, they are of the server's own people.
    if (faults.use("ulid", ({ count }) => own || count === undefined)) book.ulids[index]!.add(post);
    for (const waiting of held[index]!) waiting.after--;
    const late = own ? undefined : faults.use("late");
    if (late) held[index]!.push({ post, after: late.held ?? 3 });
    else ledger.timelines[index]!.arrive(post, ledger.posted(post));
  };
  const tell = (server: RunningServer, post: number) => {
    server.streaming.send("update", post);
    server.afterStatus();
  };
  const release = (server: RunningServer) => {
    const waiting = held[server.index]!;
    while (waiting[0] && waiting[0].after <= 0) {
      const { post } = waiting.shift()!;
      if (ledger.gone(post)) continue;
      ledger.timelines[server.index]!.arriveLate(post, ledger.posted(post));
      tell(server, post);
    }
  };

  const publish = (home?: number) => {
    const post = posts.add(clock(), home);
    for (const server of servers) if (posts.reaches(post, server.index)) arrive(server, post);
    // Only now is it known what its id at home is, and whether it is hollow.
    for (const server of servers) {
      if (ledger.timelines[server.index]!.id(post)) tell(server, post);
      release(server);
    }
    book.prune();
    return post;
  };

  const edit = (post: number) => {
    const before = book.edit(post);
    const version = (before?.version ?? 0) + 1;
    const at = Math.max(Math.floor(clock()), (before?.at ?? ledger.posted(post)) + 1);
    book.edits.set(post, { version, at });
    for (const { index, streaming } of servers) {
      if (ledger.timelines[index]!.id(post)) streaming.send("status.update", post);
    }
  };

  const remove = (post: number) => {
    ledger.remove(post);
    for (const { index, streaming } of servers) {
      const id = book.id(index, post);
      if (id !== undefined) streaming.sendDelete(post, id);
    }
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
