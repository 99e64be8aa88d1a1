/**
 * Writes the figures as a section of `bench/README.md`.
 *
 * @module
 */
import type { Chart } from "../../notebooks/support/charts/frame.ts";
import { type Figure, type Measured, QUESTIONS } from "./figures.ts";
import type { NoRun } from "./contenders.ts";

const CONTENDERS = ["native", "wasm", "peer", "spark"] as const;

type Cell = (figure: Figure) => string;

const milliseconds = (ms: number) =>
  ms < 1_000 ? `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(2)} s`;
const seconds = (s: number) => `${s.toFixed(2)} s`;
const mebibytes = (mib: number) => `${mib.toFixed(0)} MiB`;
const whole = (n: number) => Math.round(n).toLocaleString("en");

function row(head: string[], cells: string[]): string {
  return `| ${[...head, ...cells].join(" | ")} |`;
}

function cellsOf(figures: Measured["figures"], present: readonly string[], cell: Cell): string[] {
  return present.map((name) => {
    const figure = figures[name];
    if (!figure) return "";
    return "failed" in figure ? "failed" : cell(figure);
  });
}

function table(head: string[], present: readonly string[], rows: string[]): string {
  const names = [...head, ...present];
  const line = names.map((_, i) => i < head.length ? "---" : "---:");
  return [row(names, []), row(line, []), ...rows].join("\n");
}

/** The facts in the first lines of a section. */
export interface Taken {
  readonly on: string;
  readonly date: string;
  readonly versions: string;
  readonly runs: number;
}

/** Writes the section as Markdown. */
export function report(
  measured: readonly Measured[],
  taken: Taken,
  charts: readonly Chart[],
): string {
  const present = CONTENDERS.filter((name) => measured.some(({ figures }) => figures[name]));
  const place = ({ place, layout }: Measured) => [place, layout];
  const lines = (cell: Cell) =>
    measured.map((one) => row(place(one), cellsOf(one.figures, present, cell)));
  const largest = largestOf(measured);
  const section = [
    "## The lake: `deno task bench:lake`",
    "",
    `Medians of ${taken.runs} ${taken.runs === 1 ? "run" : "runs"}, contenders taking turns. ` +
    `${taken.on}; ${taken.versions}; ${taken.date}.`,
    "",
    "The toots are the simulator's, read as the listener reads them: three servers' local " +
    "timelines over a week, with edits and deletes. `native` and `wasm` are our engines; `peer` is " +
    "the original's way in today's versions (DuckDB in Python reads the files into a table, whole " +
    "tables go to pandas, seaborn draws). It neither drops deleted toots nor older versions " +
    "of edited ones, and may take three quarters of the machine's memory. `spark` is Spark on this " +
    "machine alone (`local[*]`, 4 GB), over the Iceberg table. The questions are the notebook's " +
    "own, taken from its cells. For s3://, MinIO runs on the same machine.",
    "",
    ...ratios(measured),
    "### The whole notebook, from the start of its process to the end",
    "",
    table(["where", "files"], present, lines((figure) => seconds(figure.seconds))),
    "",
    ...charts.flatMap(({ name, title }) => [`![${title}](${name}.svg)`, ""]),
    "",
    "### Making the tables and views, and asking all questions",
    "",
    table(
      ["where", "files"],
      present,
      lines(({ views, asked }) => `${milliseconds(views)} + ${milliseconds(asked)}`),
    ),
    "",
    `### Each question, ${whole(largest.size.rows)} toots`,
    "",
    table(
      ["question"],
      present,
      Object.entries(QUESTIONS).map(([name, title]) =>
        row(
          [title],
          cellsOf(largest.figures, present, ({ questions }) => {
            const ms = questions[name];
            return ms === undefined ? "not asked" : milliseconds(ms);
          }),
        )
      ),
    ),
    "",
    ...lost(measured),
    "### Peak memory",
    "",
    table(["where", "files"], present, lines((figure) => mebibytes(figure.peakMiB))),
    "",
    "### Bytes a toot",
    "",
    row(["where", "files", "toots", "with text", "without"], []),
    row(["---", "---", "---:", "---:", "---:"], []),
    ...measured.map((one) => {
      const { rows, bytes, text } = one.size;
      const each = (n: number) => whole(n / rows);
      return row(place(one), [whole(rows), each(bytes), each(bytes - text)]);
    }),
    "",
    ...failures(measured),
  ];
  return `${section.join("\n").replaceAll(/\n{3,}/g, "\n\n").trimEnd()}\n`;
}

/** Returns the lake with the most toots. */
export function largestOf(measured: readonly Measured[]): Measured {
  return measured.reduce((a, b) => b.size.rows >= a.size.rows ? b : a);
}

/** Lists the contenders that failed, with the reasons. */
function failures(measured: readonly Measured[]): string[] {
  const lines = measured.flatMap(({ place, layout, figures }) =>
    Object.entries(figures).flatMap(([name, figure]) =>
      "failed" in figure ? [`- ${name}, ${place} ${layout}: ${figure.failed}`] : []
    )
  );
  return lines.length > 0 ? ["### Failed", "", ...lines] : [];
}

/** Returns the figures of a contender over a lake; null if it failed or was not measured. */
function done(one: Measured | undefined, name: string): Figure | null {
  const figure: Figure | NoRun | undefined = one?.figures[name];
  return figure && !("failed" in figure) ? figure : null;
}

/** Lists the questions that `peer` answers faster than `native` or `wasm`. */
function lost(measured: readonly Measured[]): string[] {
  const lines = measured.flatMap((one) => {
    const theirs = done(one, "peer");
    if (!theirs) return [];
    return (["native", "wasm"] as const).flatMap((name) => {
      const ours = done(one, name);
      if (!ours) return [];
      const sooner = Object.entries(theirs.questions)
        .filter(([question, ms]) => ms < (ours.questions[question] ?? 0))
        .map(([question, ms]) =>
          `${QUESTIONS[question]} (${milliseconds(ms)}, ${name} ${
            milliseconds(ours.questions[question]!)
          })`
        );
      return sooner.length > 0 ? [`- ${one.place}, ${one.layout}: ${sooner.join("; ")}.`] : [];
    });
  });
  const head =
    "### Questions that `peer` answers faster, because it has all toots in memory by then";
  return lines.length > 0 ? [head, "", ...lines, ""] : [];
}

/** Lists the comparisons between the contenders. */
function ratios(measured: readonly Measured[]): string[] {
  const lines: string[] = [];
  for (const place of new Set(measured.map(({ place }) => place))) {
    const here = measured.filter((one) => one.place === place);
    const many = here.find(({ layout }) => /^[\d,]+ files$/.test(layout));
    const compacted = here.find(({ layout, size }) =>
      layout === "compacted" && size.rows <= (many?.size.rows ?? 0)
    );
    const before = done(many, "native"), after = done(compacted, "native");
    if (before && after) {
      const total = ({ views, asked }: Figure) => views + asked;
      lines.push(
        `- ${place}: views and questions on the compacted lake ` +
          `${(total(before) / total(after)).toFixed(1)} times as fast as on ${many!.layout}` +
          `, ${
            (many!.size.bytes / many!.size.rows / (compacted!.size.bytes / compacted!.size.rows))
              .toFixed(1)
          }` +
          ` times as small.`,
      );
    }
    for (const one of here) {
      const ours = done(one, "native"), theirs = done(one, "peer");
      if (!ours || !theirs) continue;
      lines.push(
        `- ${place}, ${one.layout}: the whole notebook takes \`peer\` ` +
          `${(theirs.seconds / ours.seconds).toFixed(1)} times as long, tables and questions ` +
          `${((theirs.views + theirs.asked) / (ours.views + ours.asked)).toFixed(1)} times, ` +
          `with ${(theirs.peakMiB / ours.peakMiB).toFixed(1)} times the memory.`,
      );
    }
  }
  return lines.length > 0 ? ["### In short", "", ...lines, ""] : [];
}
