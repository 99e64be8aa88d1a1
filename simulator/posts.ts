/**
 * Decides who posts next and which servers a post reaches, and creates the history.
 *
 * @module
 */
import type { Ledger } from "./ledger.ts";
import type { Account } from "./world/accounts.ts";
import { chance, hash } from "./world/hash.ts";
import { answersBack, authorAt, type World } from "./world/post.ts";

const DAY = 86_400_000;

/** Adds posts to a ledger. */
export interface Posts {
  /**
   * Adds a post at the time `at`, or at the time of the previous post if that is later. With
   * `home`, the author has an account on that server. Returns the post's number.
   */
  add(at: number, home?: number): number;
  /** Returns true if a post reaches a server. */
  reaches(post: number, server: number): boolean;
  /** Returns when the next scheduled bot posts, in milliseconds since 1970. */
  nextBot(): number;
}

/** Options of {@link createPosts}. */
export interface PostsOptions {
  world: World;
  ledger: Ledger;
  /** The chance, for each other server, that a post reaches it, from 0 to 1. */
  federates: number;
  /** When the first bot may post, in milliseconds since 1970. */
  since: number;
}

function nextDue({ every, phase }: Account, after: number): number {
  return (Math.floor((after - phase) / every) + 1) * every + phase;
}

/** Creates the source of posts by the world's people and bots. */
export function createPosts({ world, ledger, federates, since }: PostsOptions): Posts {
  const { seed, domains, accounts: { all, clockwork } } = world;
  const due = clockwork.map((bot) => nextDue(bot, since));
  let last = 0;

  const dueBot = (home: number | undefined): number => {
    for (let b = 0; b < due.length; b++) {
      const bot = clockwork[b]!;
      if (due[b]! > last || (home !== undefined && bot.home !== home)) continue;
      due[b] = nextDue(bot, last);
      return bot.index;
    }
    return -1;
  };
  /**
   * Returns the index of the author if the post is a reply, otherwise -1. People reply only to
   * their own posts.
   */
  const answering = (index: number, home: number | undefined): number => {
    const back = answersBack(seed, index);
    if (back === 0 || index - back < ledger.first) return -1;
    const author = all[ledger.author(index - back)]!;
    return author.every > 0 || (home !== undefined && author.home !== home) ? -1 : author.index;
  };

  return {
    add(at, home) {
      last = Math.max(last, Math.floor(at));
      let author = dueBot(home);
      if (author < 0) author = answering(ledger.next, home);
      if (author < 0) author = authorAt(world, ledger.next, last, home);
      return ledger.add(author, last);
    },
    reaches(post, server) {
      const { home } = all[ledger.author(post)]!;
      // A post from outside must reach at least one server, or nobody could read it.
      const first = home < 0 ? hash(seed, post, 199) % domains.length : home;
      return first === server || chance(seed, post, 200 + server) < federates;
    },
    nextBot: () => Math.min(...due),
  };
}

/**
 * Posts the history up to the world's `now`. People post by their rhythm, and bots by their
 * schedule.
 */
export function fillHistory(
  { world, ledger }: { world: World; ledger: Ledger },
  posts: Posts,
  history: number,
  perDay: number,
): void {
  const { seed, now, rhythm, accounts } = world;
  const arrive = (post: number) => {
    const { home } = accounts.all[ledger.author(post)]!;
    ledger.timelines.forEach((timeline, server) => {
      if (!posts.reaches(post, server)) return;
      const delay = home === server ? 0 : 80 + hash(seed, post, 220 + server) % 1_500;
      timeline.arrive(post, Math.min(ledger.posted(post) + delay, now));
    });
  };
  const people = Math.round(perDay * history / DAY);
  const times = rhythm.times(now - history, now, people, (i) => chance(seed, i, 201));
  for (const time of times) {
    while (posts.nextBot() <= time) arrive(posts.add(posts.nextBot()));
    arrive(posts.add(time));
  }
  while (posts.nextBot() <= now) arrive(posts.add(posts.nextBot()));
}
