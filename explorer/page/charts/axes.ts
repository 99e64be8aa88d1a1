/**
 * The axes of the two histograms, time and length.
 *
 * @module
 */
import type { TimeScale } from "../../data/time-steps.ts";
import { clock, dayText, moment, monthText, shortDay, whole } from "../format.ts";
import type { Tick } from "./histogram.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The possible distances between two labels, smallest first, in milliseconds. */
const EVERY = [
  ...[1, 5, 15, 30].map((n) => n * HOUR / 60),
  ...[1, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14, 28, 56, 112, 364, 728, 1820].map((n) => n * DAY),
];

/** The width of a label in pixels. */
const LABEL_WIDTH = 58;

/** Returns the labels of a time axis that is `width` pixels wide. */
export function timeTicks({ start, step, slots }: TimeScale, width: number): Tick[] {
  const most = Math.max(1, Math.floor(width / LABEL_WIDTH));
  const span = step * slots;
  const every = EVERY.find((every) => span / every <= most) ?? EVERY.at(-1)!;
  const text = every < DAY
    ? (t: number) => t % DAY === 0 ? shortDay(t) : clock(t)
    : every < 56 * DAY
    ? shortDay
    : monthText;
  const ticks: Tick[] = [];
  for (let t = Math.ceil(start / every) * every; t < start + span; t += every) {
    const at = (t - start) / step;
    // A label at the very edge would be cut off.
    if (at / slots > 0.02 && at / slots < 0.98) ticks.push({ at, label: text(t) });
  }
  return ticks;
}

/** Formats a range of bars of the time chart. Both ends are included. */
export function timeLabel({ start, step }: TimeScale, from: number, to: number): string {
  const [begin, end] = [start + from * step, start + (to + 1) * step];
  if (step >= DAY) {
    return end - begin <= DAY ? dayText(begin) : `${dayText(begin)} to ${dayText(end - 1)}`;
  }
  const sameDay = Math.floor(begin / DAY) === Math.floor((end - 1) / DAY);
  return `${moment(begin)} to ${sameDay && end % DAY !== 0 ? clock(end) : moment(end)}`;
}

/** Returns the labels of a length axis that is `width` pixels wide. */
export function lengthTicks(step: number, bins: number, width: number): Tick[] {
  const every = width < 300 ? 200 : 100;
  const ticks: Tick[] = [];
  for (let length = 0; length < step * bins; length += every) {
    ticks.push({ at: length / step, label: whole(length) });
  }
  return ticks;
}

/** Formats a range of bars of the length chart. Both ends are included. */
export function lengthLabel(step: number, bins: number, from: number, to: number): string {
  if (to >= bins - 1) return `${whole(from * step)} characters and more`;
  return `${whole(from * step)} to ${whole((to + 1) * step - 1)} characters`;
}
