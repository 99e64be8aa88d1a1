/**
 * Reads posts by their number. It combines the ledger, the changes of posts since the start, and
 * their content. The content is generated again from the seed on demand.
 *
 * @module
 */
import type { Fault } from "./faults/fault.ts";
import { type IdStyle, snowflake, ulid, writeId } from "./ids.ts";
import type { Ledger } from "./ledger.ts";
import { type Content, contentOf } from "./world/content.ts";
import { answersBack, makePost, pastEdit, type Post, type World } from "./world/post.ts";

/** The current version of an edited post, and the time of its last edit. */
export interface Edit {
  version: number;
  /** When it was edited, in milliseconds since 1970. */
  at: number;
}

/** The ids of a server. */
export interface Ids {
  style: IdStyle;
  /** The posts whose id is a ULID. */
  readonly ulids: Set<number>;
  /** The posts with an unusual id, and that id. */
  readonly odd: Map<number, string>;
}

/** Reads posts by number. */
export interface Book {
  readonly world: World;
  readonly ledger: Ledger;
  /** The number of the first post after the start. Posts with lower numbers are the history. */
  readonly history: number;
  /** The edits of this run. The edits of the history come from the seed. */
  readonly edits: Map<number, Edit>;
  /** Posts without content, address, language and application: the fault `nulls`. */
  readonly incomplete: Set<number>;
  /** Posts that must not leave their server. */
  readonly localOnly: Set<number>;
  /** For each server: the style of its ids, and the posts whose ids have a different form. */
  readonly ids: readonly Ids[];
  /** For each server: the posts that it hides although it has them. */
  readonly hidden: readonly Set<number>[];
  /**
   * For each server: the faults that each post got when it arrived there. A post keeps its faults.
   */
  readonly altered: readonly Map<number, readonly Fault[]>[];
  post(index: number): Post;
  content(index: number): Content;
  edit(index: number): Edit | undefined;
  /** Returns the post's ActivityPub id, which is the same on all servers. */
  uri(index: number): string;
  /** Returns the address of the post's page on its own server. */
  url(index: number): string;
  /** Returns the post's id on a server, or undefined if the server does not have or show it. */
  id(server: number, index: number): string | undefined;
  /** Returns the number of the author's own post that this post replies to, or -1. */
  answers(index: number): number;
  /** Drops everything about posts that the ledger no longer remembers. */
  prune(): void;
}

/** Creates the book of a ledger. */
export function openBook(world: World, ledger: Ledger, history: () => number): Book {
  const edits = new Map<number, Edit>();
  const incomplete = new Set<number>(), localOnly = new Set<number>();
  const ids = world.domains.map((): Ids => ({
    style: "snowflake",
    ulids: new Set(),
    odd: new Map(),
  }));
  const hidden = world.domains.map(() => new Set<number>());
  const altered = world.domains.map(() => new Map<number, readonly Fault[]>());
  // The last post is cached, because all servers send it one after the other.
  let cached: { index: number; version: number; post: Post; content: Content } | undefined;
  let pruned = 0;

  const edit = (index: number) =>
    edits.get(index) ??
      (index < history() ? pastEdit(world.seed, index, ledger.posted(index)) : undefined);

  const make = (index: number) => {
    const done = edit(index);
    const version = done?.version ?? 0;
    if (cached?.index === index && cached.version === version) return cached;
    const account = world.accounts.all[ledger.author(index)]!;
    const post = makePost(world, index, account, ledger.posted(index), done);
    if (post.quotes < ledger.first || ledger.gone(post.quotes)) post.quotes = -1;
    const content = contentOf(world, post, post.quotes < 0 ? null : book.url(post.quotes));
    return cached = { index, version, post, content };
  };

  /**
   * Returns the id that the post's addresses contain: the id that the author's server gave to the
   * post, before the fault `odd-id` replaced it. If that server is not part of the federation, an
   * id is invented.
   */
  const idAtHome = (index: number): string => {
    const { home } = world.accounts.all[ledger.author(index)]!;
    const parts = home < 0 ? undefined : ledger.timelines[home]!.id(index);
    if (parts === undefined) return snowflake(ledger.posted(index), index % 65_536);
    const { style, ulids } = ids[home]!;
    return ulids.has(index) ? ulid(parts.time, parts.sequence) : writeId(parts, style);
  };

  const book: Book = {
    world,
    ledger,
    get history() {
      return history();
    },
    edits,
    incomplete,
    localOnly,
    ids,
    hidden,
    altered,
    post: (index) => make(index).post,
    content: (index) => make(index).content,
    edit,
    uri(index) {
      const account = world.accounts.all[ledger.author(index)]!;
      const who = account.numericURI
        ? `ap/users/${snowflake(account.createdAt, account.index)}`
        : `users/${account.username}`;
      return `${account.origin}/${who}/statuses/${idAtHome(index)}`;
    },
    url(index) {
      const { origin, username } = world.accounts.all[ledger.author(index)]!;
      return `${origin}/@${username}/${idAtHome(index)}`;
    },
    id(server, index) {
      const parts = ledger.timelines[server]!.id(index);
      if (!parts || hidden[server]!.has(index)) return undefined;
      const { style, ulids, odd } = ids[server]!;
      if (ulids.has(index)) return ulid(parts.time, parts.sequence);
      return odd.get(index) ?? writeId(parts, style);
    },
    answers(index) {
      const back = answersBack(world.seed, index);
      const to = index - back;
      return back === 0 || to < ledger.first || ledger.gone(to) ||
          ledger.author(to) !== ledger.author(index)
        ? -1
        : to;
    },
    prune() {
      if (ledger.first === pruned) return;
      pruned = ledger.first;
      const collections: { keys(): Iterable<number>; delete(post: number): boolean }[] = [
        edits,
        incomplete,
        localOnly,
        ...hidden,
        ...altered,
      ];
      for (const { ulids, odd } of ids) collections.push(ulids, odd);
      for (const collection of collections) {
        for (const index of collection.keys()) if (index < pruned) collection.delete(index);
      }
    },
  };
  return book;
}
