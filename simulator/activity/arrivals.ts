/**
 * Delivers posts to servers. Faults decide whether a post arrives late, which id it gets, and how
 * its JSON changes.
 *
 * @module
 */
import type { Book } from "../book.ts";
import type { Fault } from "../faults/fault.ts";
import { ALTERATIONS } from "../faults/alterations.ts";
import { AHEAD } from "../faults/stream.ts";
import type { RunningServer } from "../server/server.ts";

/** Delivers posts to servers. */
export interface Arrivals {
  /** Applies the faults of the author's server to a new post. */
  posted(server: RunningServer, post: number): void;
  /** Delivers a post to a server at `now`, or holds it back until {@link release}. */
  arrive(server: RunningServer, post: number, now: number): void;
  /** Delivers the posts that were held back long enough, and returns them. */
  release(server: RunningServer): number[];
}

/** A post that a fault holds back from a server. */
interface Held {
  post: number;
  /** When it was posted, which is also the time of its id. */
  posted: number;
  /** The number of further posts that must arrive before this one. */
  after: number;
  /** The earliest time of its arrival, in milliseconds since 1970. */
  from: number;
}

/** Creates the delivery of posts to the servers of a federation. */
export function createArrivals(book: Book, clock: () => number): Arrivals {
  const { ledger, world: { accounts } } = book;
  const held: Held[][] = book.world.domains.map(() => []);

  const alter = (server: number, post: number, fault: Fault) => {
    const before = book.altered[server]!.get(post) ?? [];
    book.altered[server]!.set(post, [...before, fault]);
  };
  const nameOddly = (server: number, post: number, id: string, length?: number) => {
    const { odd } = book.ids[server]!;
    // No two posts may have the same id.
    const unique = /^\d+$/.test(id) ? String(BigInt(id) + BigInt(odd.size)) : `${id}${odd.size}`;
    odd.set(post, length === undefined ? unique : unique.padEnd(length, "9"));
  };

  return {
    posted({ index, faults }, post) {
      const ahead = faults.find("clock-ahead");
      if (ahead) ledger.setPosted(post, ledger.posted(post) + (ahead.by ?? AHEAD));
      if (faults.use("nulls")) book.incomplete.add(post);
      if (faults.use("local-only")) book.localOnly.add(post);
      for (const { kind, whose, travels } of ALTERATIONS) {
        const fault = whose === "own" ? faults.use(kind) : undefined;
        if (!fault) continue;
        if (!travels) alter(index, post, fault);
        else book.world.domains.forEach((_, server) => alter(server, post, fault));
      }
    },
    arrive({ index, faults }, post, now) {
      const own = accounts.all[ledger.author(post)]!.home === index;
      if (!own) {
        for (const { kind, whose } of ALTERATIONS) {
          const fault = whose === "foreign" ? faults.use(kind) : undefined;
          if (fault) alter(index, post, fault);
        }
      }
      // If the fault has a count, it applies only to the server's own posts.
      if (faults.use("ulid", ({ count }) => own || count === undefined)) {
        book.ids[index]!.ulids.add(post);
      }
      const odd = own ? faults.use("odd-id") : undefined;
      if (odd) nameOddly(index, post, odd.id ?? "99999999999999999999", odd.length);

      for (const waiting of held[index]!) waiting.after--;
      const late = own ? undefined : faults.use("late");
      if (late) {
        const after = late.held ?? (late.by === undefined ? 3 : 0);
        held[index]!.push({ post, posted: now, after, from: now + (late.by ?? 0) });
        return;
      }
      const timeline = ledger.timelines[index]!;
      const idsAhead = faults.use("ids-ahead") ?? faults.find("clock-ahead");
      if (idsAhead) timeline.arriveLate(post, now + (idsAhead.by ?? AHEAD));
      else timeline.arrive(post, now);
    },
    release({ index }) {
      const waiting = held[index]!;
      if (waiting.length === 0) return [];
      const now = clock();
      const due = waiting.filter(({ after, from }) => after <= 0 && now >= from);
      held[index] = waiting.filter((each) => !due.includes(each));
      const arrived = due.filter(({ post }) => !ledger.gone(post));
      for (const { post, posted } of arrived) ledger.timelines[index]!.arriveLate(post, posted);
      return arrived.map(({ post }) => post);
    },
  };
}
