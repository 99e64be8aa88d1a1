/**
 * Shows the progress of a run.
 *
 * @module
 */
import type { Log } from "./log.ts";
import { type Clock, systemClock } from "../../common/clock.ts";
import { statusFields, statusText } from "./summary.ts";
import type { Screen } from "../sinks/screen.ts";
import { sum, type Totals } from "./totals.ts";

/**
 * Milliseconds between two updates of the status line on a terminal (`LIVE`), and between two
 * printed lines elsewhere (`WRITTEN`).
 */
const LIVE = 1_000, WRITTEN = 30_000;

/** Options of {@linkcode startProgress}. */
export interface ProgressOptions {
  readonly totals: Totals;
  readonly screen: Screen;
  readonly log: Log;
  /** Columns of the terminal. */
  readonly columns: () => number;
  readonly clock?: Clock;
}

/** Starts showing progress. The returned function stops that and clears the status line. */
export function startProgress(options: ProgressOptions): () => void {
  const { totals, screen, log, columns, clock = systemClock } = options;
  const every = screen.live ? LIVE : WRITTEN;
  let before = { at: clock.now(), toots: sum(totals, "toots") };
  let cancel = clock.after(every, tell);

  function tell(): void {
    const now = { at: clock.now(), toots: sum(totals, "toots") };
    const seconds = Math.max(1, now.at - before.at) / 1000;
    const rate = (now.toots - before.toots) / seconds;
    before = now;
    const text = statusText(totals, rate);
    if (screen.live) screen.status(text.slice(0, Math.max(1, columns() - 1)));
    else log.info(text, { event: "status", toots_per_second: rate, ...statusFields(totals) });
    cancel = clock.after(every, tell);
  }

  return () => {
    cancel();
    screen.status("");
  };
}
