/**
 * Plans a compaction: which days are rewritten, and which files are replaced.
 *
 * @module
 */
import { monthOf, singleDay } from "./read/days.ts";
import { type CompactedFile, compactedFiles, type LakeTable } from "./read/lake-table.ts";
import { planSpans, type Span } from "./spans.ts";

/** The reasons to rewrite days. Days are numbers; null is an unknown day. */
export interface Reasons {
  /** The number of new records of each day. */
  readonly loaded: readonly { readonly day: number | null; readonly rows: number }[];
  /**
   * The days of toots that are newly deleted, whose authors newly opted out, or that are moved to
   * another day.
   */
  readonly rewritten: readonly (number | null)[];
  /** The oldest day that is kept; null keeps all. */
  readonly oldest: number | null;
}

/** The plan of a compaction. */
export interface Plan {
  readonly spans: readonly Span[];
  /** Files whose days are all before the oldest day that is kept. */
  readonly dropped: readonly CompactedFile[];
  /** The paths of the dropped files, and of the files whose days are rewritten. */
  readonly removed: ReadonlySet<string>;
  readonly changedDays: number;
  readonly droppedDays: number;
}

/** Plans which days of the table are rewritten. */
export function planCompaction(table: LakeTable, reasons: Reasons): Plan {
  const { oldest } = reasons;
  const changed = new Map<number | null, number>();
  for (const { day, rows } of reasons.loaded) changed.set(day, rows);
  for (const day of reasons.rewritten) {
    // The index may still name a day whose toots have all been removed.
    if (compactedFiles(table, [singleDay(day)]).length > 0) changed.set(day, changed.get(day) ?? 0);
  }
  const changedDays = changed.size;
  const tooOld = ({ days }: CompactedFile) => oldest !== null && days !== null && days.to < oldest;
  const dropped = table.files.filter(tooOld);
  const kept = table.files.filter((file) => !tooOld(file));
  const droppedDays = new Set<number>();
  for (const { days } of dropped) {
    for (let day = days!.from; day <= days!.to; day++) droppedDays.add(day);
  }
  // If only some days of a file are dropped, the file is rewritten without them.
  for (const { days } of kept) {
    if (oldest === null || days === null) continue;
    for (let day = days.from; day < oldest; day++) droppedDays.add(day);
    if (days.from < oldest && !changed.has(oldest)) changed.set(oldest, 0);
  }

  const months = new Map<number | null, Map<number, number>>();
  for (const [day, rows] of changed) {
    const month = day === null ? null : monthOf(day);
    const days = months.get(month) ?? new Map<number, number>();
    if (day !== null) days.set(day, rows);
    months.set(month, days);
  }
  const spans = [...months].sort(([a], [b]) => (a ?? -Infinity) - (b ?? -Infinity))
    .flatMap(([month, days]): Span[] => {
      const files = kept.filter((file) =>
        month === null ? file.days === null : file.days && monthOf(file.days.from) === month
      );
      return month === null ? [{ days: null, files }] : planSpans(files, days);
    });
  return {
    spans,
    dropped,
    removed: new Set([...dropped, ...spans.flatMap(({ files }) => files)].map(({ path }) => path)),
    changedDays,
    droppedDays: droppedDays.size,
  };
}
