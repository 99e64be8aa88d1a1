/**
 * The times at which people post, in the time zones of each language. They post least at four in
 * the morning, and most at lunch and in the evening. At weekends they post later and a little less.
 *
 * @module
 */
import { cumulative, weighted } from "./hash.ts";
import { LANGUAGES } from "./languages.ts";

const HOUR = 3_600_000;

/** The relative number of posts in each hour of the speaker's day, Monday to Friday. */
// deno-fmt-ignore
const WEEKDAY = [
  30, 16,  9,  6,  6, 11, 25, 48, 66, 72, 74, 78,
  88, 80, 74, 72, 74, 80, 86, 92, 100, 98, 82, 54,
];

/** The relative number of posts in each hour of the speaker's day, Saturday and Sunday. */
// deno-fmt-ignore
const WEEKEND = [
  42, 28, 16,  9,  7,  8, 13, 24, 40, 56, 66, 68,
  70, 68, 64, 62, 62, 64, 68, 74, 80, 80, 70, 54,
];

/** Returns how busy, from 0 to 100, the hour of `time` is for people `offset` hours from UTC. */
export function liveliness(time: number, offset: number): number {
  const local = new Date(time + offset * HOUR);
  const day = local.getUTCDay();
  return (day === 0 || day === 6 ? WEEKEND : WEEKDAY)[local.getUTCHours()]!;
}

/** The posts of all languages in one hour. */
interface Hour {
  total: number;
  /** The shares of the languages, as running sums over {@link LANGUAGES}. */
  languages: Float64Array;
}

function hourOf(time: number): Hour {
  const weights = LANGUAGES.map(({ weight, zones }) => {
    const people = zones.reduce((sum, [, share]) => sum + share, 0);
    return weight * zones.reduce(
      (sum, [offset, share]) => sum + share / people * liveliness(time, offset),
      0,
    );
  });
  return {
    total: weights.reduce((sum, weight) => sum + weight, 0),
    languages: cumulative(weights),
  };
}

/** The rhythm of the federation. It caches the hours that it has computed. */
export interface Rhythm {
  /**
   * Returns the language of a post at `time`, as an index in {@link LANGUAGES}. `at` is a random
   * number from 0 to 1.
   */
  language(time: number, at: number): number;
  /**
   * Returns the times of `count` posts between `from` and `to`, ascending. `at(i)` is a random
   * number from 0 to 1.
   */
  times(from: number, to: number, count: number, at: (i: number) => number): Float64Array;
}

/**
 * Creates the rhythm of all languages.
 *
 * @example
 * ```ts
 * import { createRhythm } from "./rhythm.ts";
 *
 * const day = Date.parse("2026-03-02T00:00:00Z");
 * const times = createRhythm().times(day, day + 86_400_000, 100, () => 0.5);
 * if (times.length !== 100 || times[0]! < day || times[99]! > day + 86_400_000) throw new Error();
 * ```
 */
export function createRhythm(): Rhythm {
  const hours = new Map<number, Hour>();
  const at = (time: number): Hour => {
    // The cache has half hours, because some time zones are offset by half an hour.
    const key = Math.floor(time / (HOUR / 2));
    let hour = hours.get(key);
    if (!hour) {
      hour = hourOf(key * (HOUR / 2));
      if (hours.size > 5_000) hours.clear();
      hours.set(key, hour);
    }
    return hour;
  };
  return {
    language: (time, chance) => weighted(at(time).languages, chance),
    times(from, to, count, chance) {
      const times = new Float64Array(count);
      if (count === 0) return times;
      const slots: number[] = [];
      for (let start = from; start < to; start = nextSlot(start)) slots.push(start);
      const sums = cumulative(slots.map((start) => {
        const end = Math.min(nextSlot(start), to);
        return at(start).total * (end - start);
      }));
      for (let i = 0; i < count; i++) {
        const share = (i + chance(i)) / count;
        const slot = weighted(sums, share);
        const before = slot === 0 ? 0 : sums[slot - 1]!;
        const start = slots[slot]!;
        const end = Math.min(nextSlot(start), to);
        times[i] = Math.floor(start + (end - start) * (share - before) / (sums[slot]! - before));
      }
      return times;
    },
  };
}

function nextSlot(time: number): number {
  return (Math.floor(time / (HOUR / 2)) + 1) * (HOUR / 2);
}
