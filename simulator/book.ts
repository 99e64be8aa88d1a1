/**
 * The federation's memory: the ledger and what was done to posts since, with
 * every post made again from the seed when somebody asks.
 *
 * @module
 */
import { snowflake, ulid } from "./ids.ts";
import type { Ledger } from "./ledger.ts";
import { type Content, contentOf } from "./world/content.ts";
import { answersBack, makePost, pastEdit, type Post, type World } from "./world/post.ts";

/** Which version of a post stands, and since when. */
export interface Edit {
  version: number;
  /** Milliseconds since 1970. */
  at: number;
}

/** Reads posts by number. */
export interface Book {
  readonly world: World;
  readonly ledger: Ledger;
  /** Posts before this number are history. */
  readonly history: number;
  /** Edits of this run; those of history come from the seed. */
  readonly edits: Map<number, Edit>;
  /** Posts without content, address, language and application, as faulty servers send them. */
  readonly hollow: Set<number>;
  /** By server: posts whose id there is a ULID. */
  readonly ulids: readonly Set<number>[];
  post(index: number): Post;
  content(index: number): Content;
  edit(index: number): Edit | undefined;
  /** The post's ActivityPub id, one for all servers. */
  uri(index: number): string;
  /** The post's page at home. */
  url(index: number): string;
  /** The post's id on a server, or undefined where it never came. */
  id(server: number, index: number): string | undefined;
  /** The number of the author's own post that this one answers, or -1. */
  answers(index: number): number;
  /** Forgets what belongs to posts that the ledger has forgotten. */
  prune(): void;
}

/** Opens a book over a world and a ledger. */
export function openBook(world: World, ledger: Ledger, history: () => number): Book {
  const edits = new Map<number, Edit>();
  const hollow = new Set<number>();
  const ulids = world.domains.map(() => new Set<number>());
  // The servers send the same post one after the other.
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

  const idAtHome = (index: number): string => {
    const { home } = world.accounts.all[ledger.author(index)]!;
    return (home < 0 ? undefined : book.id(home, index)) ??
      snowflake(ledger.posted(index), index % 65_536);
  };

  const book: Book = {
    world,
    ledger,
    get history() {
      return history();
    },
    edits,
    hollow,
    ulids,
    post: (index) => make(index).post,
    content: (index) => make(index).content,
    edit,
    uri(index) {
      const account = world.accounts.all[ledger.author(index)]!;
      const who = account.numericURI
        ? `ap/users/${snowflake(account.createdAt, account.index)}`
        : `users/${account.username}`;
      return `https://${account.domain}/${who}/statuses/${idAtHome(index)}`;
    },
    url(index) {
      const { domain, username } = world.accounts.all[ledger.author(index)]!;
      return `https://${domain}/@${username}/${idAtHome(index)}`;
    },
    id(server, index) {
      const parts = ledger.timelines[server]!.id(index);
      if (!parts) return undefined;
      const write = ulids[server]!.has(index) ? ulid : snowflake;
      return write(parts.time, parts.sequence);
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
      for (const index of edits.keys()) if (index < pruned) edits.delete(index);
      for (const set of [hollow, ...ulids]) {
        for (const index of set) if (index < pruned) set.delete(index);
      }
    },
  };
  return book;
}
