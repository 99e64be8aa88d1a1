/**
 * Messages for the user.
 *
 * @module
 */
import type { NoticeEvent } from "./event.ts";

/** Creates a message for the user. */
export function notice(level: NoticeEvent["level"], message: string): NoticeEvent {
  return { kind: "notice", level, message };
}

/** Formats a duration: `0.8 s`, `75 s`, `12 min`, `3.5 h`. */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${Math.round(seconds * 10) / 10} s`;
  if (seconds < 600) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 360) / 10} h`;
}
