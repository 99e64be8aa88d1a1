/**
 * Plans which files of a month are rewritten. A file normally contains one day, but days with few
 * toots share a file.
 *
 * @module
 */
import type { Days } from "./read/days.ts";
import type { CompactedFile } from "./read/lake-table.ts";

/** Days share a file if they have at most this many rows together, which fill one row group. */
export const SHARED_ROWS = 61_440;

/** Days that are rewritten together, and the files that contain them now. */
export interface Span {
  /** The days; null for toots of an unknown day. */
  readonly days: Days | null;
  readonly files: readonly CompactedFile[];
}

/** A stretch of days, with its compacted files and its new records. */
interface Piece {
  from: number;
  to: number;
  rows: number;
  changed: boolean;
  files: CompactedFile[];
}

/**
 * Returns the spans of one month that must be rewritten.
 *
 * @param files the files of the month
 * @param changed the days of the month that change, with the number of new records of each
 *
 * @example
 * ```ts
 * import { planSpans } from "./spans.ts";
 *
 * const file = { path: "a", rows: 10, bytes: 1, days: { from: 1, to: 3 }, complete: true };
 * const spans = planSpans([file], new Map([[5, 7]]));
 * if (JSON.stringify(spans.map(({ days }) => days)) !== `[{"from":1,"to":5}]`) throw new Error();
 * ```
 */
export function planSpans(
  files: readonly CompactedFile[],
  changed: ReadonlyMap<number, number>,
): Span[] {
  const pieces = piecesOf(files);
  for (const [day, rows] of changed) {
    const piece = pieces.find(({ from, to }) => from <= day && day <= to);
    if (piece) {
      piece.rows += rows;
      piece.changed = true;
    } else pieces.push({ from: day, to: day, rows, changed: true, files: [] });
  }
  pieces.sort((a, b) => a.from - b.from);
  const spans: Span[] = [];
  let run: Piece[] = [];
  const flush = () => {
    // Small neighbouring pieces are merged into one file, even if only one of them changed.
    if (run.some((piece) => piece.changed)) {
      spans.push({
        days: { from: run[0]!.from, to: run.at(-1)!.to },
        files: run.flatMap((piece) => piece.files),
      });
    }
    run = [];
  };
  for (const piece of pieces) {
    const rows = run.reduce((sum, one) => sum + one.rows, piece.rows);
    if (run.length > 0 && rows > SHARED_ROWS) flush();
    run.push(piece);
  }
  flush();
  return spans;
}

/** Groups files into pieces. Files whose days overlap belong to the same piece. */
function piecesOf(files: readonly CompactedFile[]): Piece[] {
  const pieces: Piece[] = [];
  const sorted = files.filter(({ days }) => days !== null)
    .sort((a, b) => a.days!.from - b.days!.from);
  for (const file of sorted) {
    const { from, to } = file.days!;
    const last = pieces.at(-1);
    if (last && from <= last.to) {
      last.to = Math.max(last.to, to);
      last.rows += file.rows;
      last.files.push(file);
    } else pieces.push({ from, to, rows: file.rows, changed: false, files: [file] });
  }
  return pieces;
}

/**
 * Divides the days of a span into files. A day with many rows gets its own file, and the other days
 * share files.
 */
export function divideSpan(rowsOfDay: ReadonlyMap<number, number>): Days[] {
  const parts: { from: number; to: number; rows: number }[] = [];
  for (const day of [...rowsOfDay.keys()].sort((a, b) => a - b)) {
    const rows = rowsOfDay.get(day)!;
    const last = parts.at(-1);
    if (last && last.rows + rows <= SHARED_ROWS) {
      last.to = day;
      last.rows += rows;
    } else parts.push({ from: day, to: day, rows });
  }
  return parts.map(({ from, to }) => ({ from, to }));
}
