/**
 * Reads lakes that an earlier release compacted. Such a lake has its state in `manifest.json`. Its
 * next compaction turns it into an Iceberg table.
 *
 * @module
 */
import { Failure } from "../../../common/failure.ts";
import { compactedFolder } from "../../store/layout.ts";
import type { Store } from "../../store/store.ts";
import { dayAt } from "./days.ts";
import { type LakeTable, NO_TABLE, type SideFile } from "./lake-table.ts";

/** The contents of `manifest.json`. */
interface LegacyManifest {
  readonly format: number;
  readonly days: Readonly<Record<string, readonly SideFile[]>>;
  readonly deletions: readonly SideFile[];
  readonly taken: Readonly<Record<string, string>>;
}

/** Returns the path of `manifest.json`, relative to the lake. */
export function legacyPath(topic: string): string {
  return `${compactedFolder(topic)}manifest.json`;
}

/**
 * The contents of `manifest.json` once the table exists. An earlier release does not know this
 * format, so it stops. Otherwise its compaction would remove the table's files.
 */
export const LEGACY_END = JSON.stringify({ format: 2, see: "metadata/" }) + "\n";

/** Reads the files that an earlier release compacted, as a table without metadata. */
export async function readLegacyTable(store: Store, topic: string): Promise<LakeTable> {
  const path = legacyPath(topic);
  const read = await store.readText(path);
  if (read === null || read.text === LEGACY_END) return NO_TABLE;
  let manifest: Partial<LegacyManifest> | null;
  try {
    manifest = JSON.parse(read.text);
  } catch (cause) {
    throw new Failure(`${store.url(path)} is damaged; restore it from a backup`, { cause });
  }
  if (manifest?.format !== 1) {
    throw new Failure(`expected format 1 in ${store.url(path)}; use a newer release`);
  }
  const { days = {}, deletions = [], taken = {} } = manifest;
  return {
    ...NO_TABLE,
    files: Object.keys(days).sort().flatMap((day) => {
      const number = dayAt(Date.parse(`${day}T00:00:00Z`));
      const range = Number.isNaN(number) ? null : { from: number, to: number };
      return days[day]!.map((file) => ({ ...file, days: range, complete: false }));
    }),
    deletions,
    taken,
  };
}
