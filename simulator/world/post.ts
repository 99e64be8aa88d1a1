/**
 * One post: its author, text, app and so on, generated from the seed, its number and its time.
 *
 * @module
 */
import type { Account, Accounts } from "./accounts.ts";
import type { Client } from "./clients.ts";
import { chance, hash } from "./hash.ts";
import { LANGUAGES } from "./languages.ts";
import type { Rhythm } from "./rhythm.ts";
import type { Texts } from "./texts.ts";
import { topicAt } from "./topics.ts";

/** The data from which posts are generated. */
export interface World {
  seed: number;
  /** The end of the history, in milliseconds since 1970. */
  now: number;
  domains: readonly string[];
  accounts: Accounts;
  texts: readonly Texts[];
  rhythm: Rhythm;
}

/** A post, independent of the form in which servers show it. */
export interface Post {
  index: number;
  account: Account;
  /** When it was posted, in milliseconds since 1970. */
  posted: number;
  /** The language; null if the client sent none. */
  language: string | null;
  client: Client;
  /** The indexes of its passages in the `Texts` of the author's language. */
  passages: readonly number[];
  /** The index of its topic in `TOPICS`, or -1. */
  topic: number;
  /** Hashtags without `#`. */
  hashtags: readonly string[];
  /**
   * The account that the post mentions. The post is not a reply to it, because replies to others
   * are not in public timelines.
   */
  mention: Account | null;
  emoji: string | null;
  /** The content warning; "" if there is none. */
  warning: string;
  /** The address of a link, with or without a card. */
  link: { url: string; card: boolean } | null;
  /** The number of pictures. */
  media: number;
  poll: boolean;
  /** The number of the quoted post, or -1. */
  quotes: number;
  /** The version: 0 as posted, 1 after the first edit, and so on. */
  version: number;
  editedAt: number | null;
}

const MINUTE = 60_000;

/**
 * Returns 0 if post `index` is not a reply. Otherwise it replies to the post with the number
 * `index` minus the result, if that post has the same author and still exists.
 */
export function answersBack(seed: number, index: number): number {
  return chance(seed, index, 30) < 0.05 ? 1 + hash(seed, index, 31) % 150 : 0;
}

/**
 * Returns the author of a post at `time`, as an index in the list of accounts. Scheduled bots are
 * not considered. With `home`, the author is a person of that server.
 */
export function authorAt(world: World, index: number, time: number, home?: number): number {
  const { seed, accounts, rhythm } = world;
  for (let salt = 10_000; salt < 30_000; salt += 2) {
    const language = accounts.byLanguage[rhythm.language(time, chance(seed, index, salt))]!;
    // Some people post much more than others: a quarter of them write half of the posts.
    const author = language[Math.floor(language.length * chance(seed, index, salt + 1) ** 2)]!;
    if (home === undefined || accounts.all[author]!.home === home) return author;
  }
  throw new RangeError(`Nobody lives on server ${home}`);
}

/** Generates post `index`, which `account` posted at `posted`. */
export function makePost(
  world: World,
  index: number,
  account: Account,
  posted: number,
  edit: { version: number; at: number } | undefined,
): Post {
  const { seed, texts } = world;
  const at = (salt: number) => chance(seed, index, salt);
  const { passages, headings } = texts[account.language]!;
  const { tag, hashtags } = LANGUAGES[account.language]!;
  const said = hash(seed, index, 40 + 1000 * (edit?.version ?? 0)) % passages.length;
  const topic = account.every > 0 ? -1 : topicAt(posted, world.now, seed, at(41));
  const tags: string[] = [];
  if (at(42) < 0.24) tags.push(hashtags[hash(seed, index, 43) % hashtags.length]!);
  if (at(44) < 0.07) {
    const more = hashtags[hash(seed, index, 45) % hashtags.length]!;
    if (!tags.includes(more)) tags.push(more);
  }
  const shape = at(46);
  return {
    index,
    account,
    posted,
    language: at(47) < 0.015 ? null : tag,
    client: at(48) < 0.82 ? account.client : account.secondClient,
    passages: at(49) < 0.1 && passages[said]!.length < 120
      ? [said, (said + 1) % passages.length].filter((p) => passages[p]!.length < 240)
      : [said],
    topic,
    hashtags: tags,
    mention: at(50) < 0.06
      ? world.accounts.all[hash(seed, index, 51) % world.accounts.all.length]!
      : null,
    emoji: at(52) < 0.06 ? EMOJI[hash(seed, index, 53) % EMOJI.length]! : null,
    warning: at(54) < 0.05 ? headings[said]! : "",
    link: account.every > 0 || at(55) < 0.16
      ? { url: linkURL(seed, index), card: at(56) < 0.6 }
      : null,
    media: shape < 0.17 ? 1 + hash(seed, index, 57) % 10 % 4 : 0,
    poll: shape >= 0.17 && shape < 0.19,
    quotes: shape >= 0.19 && shape < 0.215 ? index - 1 - hash(seed, index, 58) % 300 : -1,
    version: edit?.version ?? 0,
    editedAt: edit?.at ?? null,
  };
}

/** Returns the edit of post `index` of the history, if there was one. */
export function pastEdit(
  seed: number,
  index: number,
  posted: number,
): { version: number; at: number } | undefined {
  if (chance(seed, index, 60) >= 0.03) return undefined;
  return { version: 1, at: posted + MINUTE + Math.floor(chance(seed, index, 61) * 20 * MINUTE) };
}

/** The custom emoji of the federation. */
export const EMOJI = ["blobcat", "mastodon_wave", "party_tusk", "heart_pixel", "verified_duck"];

function linkURL(seed: number, index: number): string {
  const n = hash(seed, index, 62);
  switch (n % 4) {
    case 0:
      return `https://daily.example/${2020 + n % 7}/${1 + n % 12}/${n.toString(36)}`;
    case 1:
      return `https://www.gazette.example/articles/${n.toString(16)}?utm_source=fedi&ref=${n % 97}`;
    case 2:
      return `https://wiki.example/${n.toString(36)}`;
    default:
      return `https://video.example/watch?v=${n.toString(36)}&list=${
        (n ^ 0xabcdef).toString(36)
      }&t=${n % 600}`;
  }
}
