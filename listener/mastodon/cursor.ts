/**
 * How far a feed has got, and what it gave of late.
 *
 * @module
 */
import { compareIds, idTime } from "./status-id.ts";

/** How far a feed has got. */
export interface Cursor {
  /** The newest id given; null before the first. */
  readonly id: string | null;
  /** When that status was posted, milliseconds since 1970; null where unknown. */
  readonly time: number | null;
  /**
   * Notes that this status is given on. False where that is not wanted: the very
   * same one was given of late, or it lies before the beginning.
   */
  give(status: unknown): boolean;
  /** The beginning: nothing up to this id is wanted, and all of it is as good as given. */
  begin(id: string, time: number | null): void;
}

/** What is read of a status here; the rest is for others. */
interface Seen {
  id?: unknown;
  created_at?: unknown;
  edited_at?: unknown;
}

/** The local id of a status, as text (Mastodon 1 sent numbers); null where it has none. */
export function idOf(status: unknown): string | null {
  const id = (status as Seen | null)?.id;
  if (typeof id === "string") return id === "" ? null : id;
  return typeof id === "number" ? String(id) : null;
}

/** When a status was posted, milliseconds since 1970; null where that cannot be read. */
export function timeOf(status: unknown): number | null {
  const text = (status as Seen | null)?.created_at;
  const time = typeof text === "string" ? Date.parse(text) : NaN;
  return Number.isNaN(time) ? null : time;
}

/** So many ids are remembered at least, and at most twice as many. */
const REMEMBERED = 5_000;

/** Begins where the last run ended, or nowhere. */
export function createCursor(from: { id: string; time: number | null } | null): Cursor {
  let newest = from?.id ?? null;
  let newestTime = from?.time ?? null;
  let newestStatus: unknown = null;
  let beginning: string | null = null;
  // Two generations: when the younger is full the older is dropped whole.
  let young = new Set<string>(), old = new Set<string>();

  return {
    get id() {
      return newest;
    },
    get time() {
      if (newestStatus !== null) {
        newestTime = timeOf(newestStatus);
        newestStatus = null;
      }
      return newestTime ?? (newest === null ? null : idTime(newest));
    },
    give(status) {
      const id = idOf(status);
      if (id === null) return true;
      if (beginning !== null && compareIds(id, beginning) <= 0) return false;
      if (newest === null || compareIds(id, newest) > 0) {
        newest = id;
        newestStatus = status;
      }
      // An edit is another sighting.
      const edited = (status as Seen).edited_at;
      const key = typeof edited === "string" ? `${id} ${edited}` : id;
      if (young.has(key) || old.has(key)) return false;
      young.add(key);
      if (young.size >= REMEMBERED) {
        old = young;
        young = new Set();
      }
      return true;
    },
    begin(id, time) {
      beginning = newest = id;
      newestTime = time;
      newestStatus = null;
    },
  };
}
