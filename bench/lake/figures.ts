/**
 * Computes the figures from the runs: medians and sums.
 *
 * @module
 */
import { median } from "../process.ts";
import type { NoRun, Run } from "./contenders.ts";

/** The questions of the notebook: the names of their constants, and their names in the report. */
export const QUESTIONS: Readonly<Record<string, string>> = {
  raw: "a look at the raw files",
  all: "what the lake holds",
  days: "each day in numbers",
  apps: "apps",
  hours: "time of day",
  languages: "languages",
  density: "language density",
  mentions: "words over days",
};

/**
 * The medians of one contender over one lake. `views`, `questions` and `asked` are in milliseconds.
 */
export interface Figure {
  readonly runs: number;
  readonly views: number;
  readonly questions: Readonly<Record<string, number>>;
  /** The time of all questions together. */
  readonly asked: number;
  readonly seconds: number;
  readonly peakMiB: number;
}

/** Returns the medians of some runs, or the reason why one of them failed. */
export function figureOf(runs: readonly (Run | NoRun)[]): Figure | NoRun {
  const done: Run[] = [];
  for (const run of runs) {
    if ("failed" in run) return run;
    done.push(run);
  }
  const middle = (value: (run: Run) => number) => median(done.map(value));
  const names = Object.keys(QUESTIONS).filter((name) => done[0]!.steps[name] !== undefined);
  return {
    runs: done.length,
    views: middle(({ steps }) => steps["views"]!),
    questions: Object.fromEntries(names.map((name) => [name, middle(({ steps }) => steps[name]!)])),
    asked: middle(({ steps }) => names.reduce((sum, name) => sum + steps[name]!, 0)),
    seconds: middle(({ seconds }) => seconds),
    peakMiB: middle(({ peakMiB }) => peakMiB),
  };
}

/** A lake and the results of every contender. */
export interface Measured {
  /** The layout, such as `2,000 files`, `one file` or `compacted`. */
  readonly layout: string;
  /** The place: `folder` or `s3://`. */
  readonly place: string;
  readonly size: Size;
  readonly figures: Readonly<Record<string, Figure | NoRun>>;
}

/** The size of a lake. */
export interface Size {
  readonly files: number;
  readonly rows: number;
  readonly bytes: number;
  /** The bytes of the text column. */
  readonly text: number;
}
