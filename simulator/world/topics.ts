/**
 * What people talk about. Each topic has a day in the week before `now`, rises within
 * an hour and fades over about a day. The weeks before are the same.
 *
 * @module
 */
import { chance } from "./hash.ts";

const DAY = 86_400_000;

/** A topic: the hashtag, and how loud it gets. */
interface Topic {
  tag: string;
  /** Days before `now` on which it broke. */
  days: number;
  /** Share of the posts at its height. */
  peak: number;
  /** Hours until it is down to a third. */
  fades: number;
  /** Share of the posts on any other day. */
  always: number;
}

/** In the order of `Language.topics`. */
export const TOPICS: readonly Topic[] = [
  { tag: "balloon", days: 5.6, peak: 0.08, fades: 20, always: 0.001 },
  { tag: "earthquake", days: 3.8, peak: 0.12, fades: 14, always: 0.002 },
  { tag: "superbowl", days: 1.9, peak: 0.1, fades: 8, always: 0.0005 },
  { tag: "chatgpt", days: 6.6, peak: 0.03, fades: 70, always: 0.01 },
];

/** The topic of a post at `time`, as a place in {@link TOPICS}, or -1; `at` is 0 to 1. */
export function topicAt(time: number, now: number, seed: number, at: number): number {
  let sum = 0;
  for (let t = 0; t < TOPICS.length; t++) {
    const { days, peak, fades, always } = TOPICS[t]!;
    const broke = now - (days + (chance(seed, t, 900) - 0.5) * 0.4) * DAY;
    const age = (((time - broke) % (7 * DAY)) + 7 * DAY) % (7 * DAY);
    sum += always + peak * Math.min(1, age / 3_600_000) * Math.exp(-age / (fades * 3_600_000));
    if (at < sum) return t;
  }
  return -1;
}
