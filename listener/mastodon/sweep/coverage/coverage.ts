/**
 * Collects which spans of a timeline were covered, and reports them as events in the order of time.
 * The checkpoint follows these events, so a span is reported only when all earlier spans have been
 * read.
 *
 * @module
 */
import type { CoverageEvent } from "../../event.ts";

/** A span and its outcome. */
export type Span = Omit<CoverageEvent, "kind">;

/** Collects spans. Consecutive covered spans become one span of about a minute. */
export interface Coverage {
  /** Adds a span. An empty span is ignored. */
  note(span: Span): void;
  /**
   * Reports that this span of time was read after all. Lost spans inside it become filled spans.
   */
  read(from: number, until: number): void;
  /** Takes the spans that can be reported now. */
  take(): CoverageEvent[];
  /** Takes the remaining spans at the end, including short ones. */
  flush(): CoverageEvent[];
}

/** Consecutive covered spans are reported together when they reach this length in milliseconds. */
const LENGTH = 60_000;
/** This many lost spans are remembered and may still be filled. Older ones stay lost. */
const LOST = 200;

/**
 * Creates an empty collection.
 *
 * @param blocked returns true while an earlier span is still to be read; nothing is reported then
 */
export function createCoverage(blocked: () => boolean): Coverage {
  let spans: Span[] = [];
  let lost: Span[] = [];

  function take(all: boolean): CoverageEvent[] {
    if (blocked()) return [];
    // The sort keeps the order of equal times: a span that was lost and then filled is reported as
    // lost first, and then as filled.
    spans.sort((a, b) => a.from - b.from);
    const last = spans.at(-1);
    const grows = !all && last?.outcome === "covered" && last.until - last.from < LENGTH;
    const told = grows ? spans.slice(0, -1) : spans;
    spans = grows ? [last] : [];
    return told.map((span) => ({ kind: "coverage", ...span }));
  }

  return {
    note(given) {
      // The times have fractions of a millisecond, but records contain whole milliseconds.
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
