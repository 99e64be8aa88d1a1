/**
 * What of a timeline was covered, as events in the order of time. The checkpoint
 * follows them, so none is told while something before it is still to be read.
 *
 * @module
 */
import type { CoverageEvent } from "../../event.ts";

/** A span and its outcome. */
export type Span = Omit<CoverageEvent, "kind">;

/** Collects spans. Consecutive covered spans become one of about a minute. */
export interface Coverage {
  /** Adds a span; an empty one is ignored. */
  note(span: Span): void;
  /** This time was read after all: lost spans inside it become filled ones. */
  read(from: number, until: number): void;
  /** The spans that can be reported now. */
  take(): CoverageEvent[];
  /** The same at the end, when short spans are reported too. */
  flush(): CoverageEvent[];
}

/** Covered spans are reported when they are this long together, in milliseconds. */
const LENGTH = 60_000;
/** How many lost spans may still be filled; older ones stay lost. */
const LOST = 200;

/**
 * Makes one.
 *
 * @param blocked true while something earlier is still to be read
 */
export function createCoverage(blocked: () => boolean): Coverage {
  let spans: Span[] = [];
  let lost: Span[] = [];

  function take(all: boolean): CoverageEvent[] {
    if (blocked()) return [];
    // A span that was lost and then filled is reported twice with the same times, in that order.
    spans.sort((a, b) => a.from - b.from);
    const last = spans.at(-1);
    const grows = !all && last?.outcome === "covered" && last.until - last.from < LENGTH;
    const told = grows ? spans.slice(0, -1) : spans;
    spans = grows ? [last] : [];
    return told.map((span) => ({ kind: "coverage", ...span }));
  }

  return {
    note(given) {
      // Durations have fractions of a millisecond; records have none.
      const span = { ...given, from: Math.floor(given.from), until: Math.floor(given.until) };
      if (span.until <= span.from) return;
      if (span.outcome === "lost") lost = [...lost, span].slice(-LOST);
      const last = spans.at(-1);
      const goesOn = last?.outcome === "covered" && span.outcome === "covered" &&
        last.transport === span.transport && last.until >= span.from && last.from <= span.from;
      if (!goesOn) return void spans.push(span);
      spans[spans.length - 1] = {
        ...last,
        until: Math.max(last.until, span.until),
        statuses: (last.statuses ?? 0) + (span.statuses ?? 0),
      };
    },
    read(from, until) {
      const filled = lost.filter((span) => span.from >= from && span.until <= until);
      lost = lost.filter((span) => !filled.includes(span));
      for (const span of filled) {
        spans.push({ ...span, outcome: "filled", transport: "backfill", statuses: null });
      }
    },
    take: () => take(false),
    flush: () => take(true),
  };
}
