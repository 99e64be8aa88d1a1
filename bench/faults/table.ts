/**
 * Formats the results as tables.
 *
 * @module
 */
import type { Result } from "./scene.ts";
import { isRight } from "./compare.ts";

/** Formats rows as a table with a head. All columns except the first are aligned to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) =>
    Math.max(title.length, ...rows.map((row) => row[i]!.length), i === 0 ? 3 : 4)
  );
  const line = (cells: readonly string[]) =>
    `| ${
      cells.map((cell, i) => i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)).join(
        " | ",
      )
    } |`;
  const rule = `| ${
    widths.map((width, i) => i === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`).join(" | ")
  } |`;
  return [line(head), rule, ...rows.map(line)].join("\n");
}

/** Returns the cells of one scene. */
export function cellsOf(result: Result): string[] {
  const { variant: { scene, transport, timeline }, settled } = result;
  return [
    scene.name,
    transport,
    timeline,
    String(result.alive),
    String(result.inView),
    String(result.lost),
    String(result.doubled),
    String(result.ghosts),
    String(result.stale),
    settled === null ? "never" : settled.toFixed(0),
    result.peakMiB.toFixed(0),
    String(result.logLines),
    isRight(result) && result.exitCode === 0 ? "ok" : "WRONG",
  ];
}

/** The titles of the columns of {@linkcode cellsOf}. */
export const SCENE_HEAD = [
  "fault",
  "how",
  "timeline",
  "alive",
  "in the view",
  "lost",
  "doubled",
  "ghosts",
  "stale",
  "right after, s",
  "peak, MiB",
  "log lines",
  "",
];
