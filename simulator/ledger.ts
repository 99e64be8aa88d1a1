/**
 * Stores the posts in as few bytes as possible: eleven for a post, and fourteen more for each
 * server. Everything else is generated again from the seed on demand.
 *
 * Posts are numbered from 0 in the order in which they were posted. At least the
 * newest `keep` posts are remembered.
 *
 * @module
 */
import type { IdParts } from "./ids.ts";

/** The posts that one server has, in the order of the ids that it gave them. */
export interface Timeline {
  /** The number of posts that the server has, including deleted ones. */
  readonly length: number;
  /** Returns the number of the post at index `at`, oldest first. */
  post(at: number): number;
  /** Returns the id of a post on this server, or undefined if the server does not have it. */
  id(post: number): IdParts | undefined;
  /** Counts the posts with an id below `id`; with `orSame`, also the post with `id` itself. */
  before(id: IdParts, orSame: boolean): number;
  /** Adds a post that arrives at `time`, with an id above those that `arrive` has given before. */
  arrive(post: number, time: number): IdParts;
  /** Adds a post that arrives now and whose id contains `time`, an earlier or a later time. */
  arriveLate(post: number, time: number): IdParts;
}

/** The posts of the federation. */
export interface Ledger {
  /** The number of the oldest post that is remembered. */
  readonly first: number;
  /** The number that the next post gets. */
  readonly next: number;
  readonly timelines: readonly Timeline[];
  add(author: number, posted: number): number;
  author(post: number): number;
  /** Returns when a post was posted, in milliseconds since 1970. */
  posted(post: number): number;
  /** Changes the time of posting, for a server whose clock is wrong. */
  setPosted(post: number, time: number): void;
  /** Returns true if the post was deleted, or is not remembered any more. */
  gone(post: number): boolean;
  remove(post: number): void;
}

const START = 1024;

function larger<T extends Float64Array | Uint32Array | Uint16Array | Uint8Array>(
  column: T,
  length: number,
): T {
  const grown = new (column.constructor as new (length: number) => T)(length);
  grown.set(column as never);
  return grown;
}

/** Creates an empty ledger for this many servers. It remembers at least the last `keep` posts. */
export function createLedger(servers: number, keep: number): Ledger {
  let first = 0, next = 0, room = START;
  let postedAt = new Float64Array(room);
  let authors = new Uint16Array(room);
  let deleted = new Uint8Array(room);

  interface Column {
    times: Float64Array;
    sequences: Uint16Array;
    order: Uint32Array;
    count: number;
    last: IdParts;
  }
  const columns: Column[] = Array.from({ length: servers }, () => ({
    times: new Float64Array(room),
    sequences: new Uint16Array(room),
    order: new Uint32Array(room),
    count: 0,
    last: { time: 0, sequence: -1 },
  }));

  const makeRoom = () => {
    if (next - first < room) return;
    if (room < keep * 1.25) {
      room = Math.min(room * 2, Math.ceil(keep * 1.25));
      postedAt = larger(postedAt, room);
      authors = larger(authors, room);
      deleted = larger(deleted, room);
      for (const column of columns) {
        column.times = larger(column.times, room);
        column.sequences = larger(column.sequences, room);
        column.order = larger(column.order, room);
      }
      return;
    }
    const drop = next - first - keep;
    first += drop;
    for (const all of [postedAt, authors, deleted]) all.copyWithin(0, drop);
    for (const column of columns) {
      column.times.copyWithin(0, drop);
      column.times.fill(0, keep);
      column.sequences.copyWithin(0, drop);
      let kept = 0;
      for (let at = 0; at < column.count; at++) {
        const post = column.order[at]!;
        if (post >= first) column.order[kept++] = post;
      }
      column.count = kept;
    }
    deleted.fill(0, keep);
  };

  // The highest four bits of a sequence number are the number of the server (at most sixteen
  // servers), so two servers never have the same id.
  const lowest = (server: number) => (server % 16) << 12;

  const timelines = columns.map((column, server): Timeline => {
    const before = ({ time, sequence }: IdParts, orSame: boolean): number => {
      let low = 0, high = column.count;
      while (low < high) {
        const middle = (low + high) >> 1;
        const post = column.order[middle]! - first;
        const difference = column.times[post]! - time || column.sequences[post]! - sequence;
        if (difference < 0 || (orSame && difference === 0)) low = middle + 1;
        else high = middle;
      }
      return low;
    };
    const following = ({ time, sequence }: IdParts): IdParts =>
      sequence === lowest(server) + 4095
        ? { time: time + 1, sequence: lowest(server) }
        : { time, sequence: sequence + 1 };
    /** Adds a post with this id, or with the first free id after it. */
    const enter = (post: number, id: IdParts): IdParts => {
      let at = before(id, false);
      while (at < column.count) {
        const there = column.order[at]! - first;
        if (column.times[there] !== id.time || column.sequences[there] !== id.sequence) break;
        id = following(id);
        at++;
      }
      column.order.copyWithin(at + 1, at, column.count);
      column.order[at] = post;
      column.count++;
      column.times[post - first] = id.time;
      column.sequences[post - first] = id.sequence;
      return id;
    };
    return {
      get length() {
        return column.count;
      },
      post: (at) => column.order[at]!,
      id(post) {
        const time = post < first || post >= next ? 0 : column.times[post - first]!;
        return time === 0 ? undefined : { time, sequence: column.sequences[post - first]! };
      },
      before,
      arrive(post, time) {
        const { last } = column;
        let id = { time: Math.floor(time), sequence: lowest(server) };
        if (id.time <= last.time) id = following(last);
        return column.last = enter(post, id);
      },
      arriveLate: (post, time) => enter(post, { time: Math.floor(time), sequence: lowest(server) }),
    };
  });

  return {
    get first() {
      return first;
    },
    get next() {
      return next;
    },
    timelines,
    add(author, posted) {
      makeRoom();
      const at = next - first;
      postedAt[at] = posted;
      authors[at] = author;
      deleted[at] = 0;
      return next++;
    },
    author: (post) => authors[post - first]!,
    posted: (post) => postedAt[post - first]!,
    setPosted(post, time) {
      postedAt[post - first] = time;
    },
    gone: (post) => post < first || deleted[post - first] === 1,
    remove(post) {
      if (post >= first) deleted[post - first] = 1;
    },
  };
}
