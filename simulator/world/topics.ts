/**
 * The topics of posts. Each topic starts on a day in the week before `now`, rises within an hour
 * and fades within hours or days (`fades`). Every earlier week has the same topics on the same days.
 *
 * @module
 */
import { chance } from "./hash.ts";

const DAY = 86_400_000;

/** A topic and its share of the posts. */
interface Topic {
  tag: string;
  /** The approximate number of days before `now` at which the topic started; the seed varies it. */
  days: number;
  /** The share of the posts at its peak, on top of `always`. */
  peak: number;
  /** The hours until its share has fallen to a third. */
  fades: number;
  /** The share of the posts that it always has. */
  always: number;
}

/** The topics, in the order of `Language.topics`. */
export const TOPICS: readonly Topic[] = [
  { tag: "balloon", days: 5.6, peak: 0.08, fades: 20, always: 0.001 },
  { tag: "earthquake", days: 3.8, peak: 0.12, fades: 14, always: 0.002 },
  { tag: "superbowl", days: 1.9, peak: 0.1, fades: 8, always: 0.0005 },
  { tag: "chatgpt", days: 6.6, peak: 0.03, fades: 70, always: 0.01 },
];

/**
 * Returns the topic of a post at `time`, as an index in {@link TOPICS}, or -1. `at` is a random
 * number from 0 to 1.
 */
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
