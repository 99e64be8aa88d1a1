/**
 * Decides which ids a delete is written with.
 *
 * A record has the plain id of its status, or a keyed hash of that id if the author is withheld or
 * hashed. A delete has the same kind of id as the record, so that a delete never tells which id
 * belongs to a hash. If it is not known which kind the record has, two deletes are written. The one
 * with the hash is written later, together with other deletes, and its time is rounded to the hour,
 * so that nobody can match the two.
 *
 * @module
 */
import { type Clock, systemClock } from "../../../common/clock.ts";
import type { Deletion } from "../../../record/record.ts";
import { hourOf } from "../../toot/time.ts";
import type { Privacy } from "../../toot/toot.ts";
import type { Outcome } from "../../mastodon/given.ts";

/** A delete to be written. */
export interface WrittenDelete {
  /** The delete to be written at once; null if the status has no record. */
  readonly now: Deletion | null;
  /** The same delete with the hashed id, to be written later; null if it is not needed. */
  readonly later: Deletion | null;
}

/**
 * Decides how a delete is written.
 *
 * @param outcome what became of the deleted status; undefined if unknown
 * @param at when the delete arrived, in milliseconds since 1970
 */
export function writeDelete(
  baseURL: string,
  id: string,
  outcome: Outcome | undefined,
  { consent, hashAuthors, hash }: Privacy,
  at: number,
): WrittenDelete {
  if (outcome === "left out") return { now: null, later: null };
  const plain: Deletion = { base_url: baseURL, status_id: id, deleted_at: at };
  if (outcome === "record") return { now: plain, later: null };
  const hashed = () => ({ ...plain, status_id: hash(`${baseURL}|${id}`), deleted_at: hourOf(at) });
  if (outcome === "hashed" || hashAuthors) return { now: hashed(), later: null };
  return { now: plain, later: consent === "none" ? null : hashed() };
}

/** As soon as this many deletes wait, they are written together. */
const TOGETHER = 64;

/** The longest time in milliseconds that a delete waits for others. */
const LONGEST = 600_000;

/** Collects hashed deletes and writes them together, in the order of their hashes. */
export interface LaterDeletes {
  add(deletion: Deletion): void;
  /** Writes the deletes that are waiting. */
  flush(): void;
}

/**
 * Creates a collection without deletes.
 *
 * @param write called with all waiting deletes
 *
 * @example
 * ```ts
 * import { createLaterDeletes } from "./deletes.ts";
 *
 * const written: string[] = [];
 * const later = createLaterDeletes((all) => written.push(...all.map((one) => one.status_id)));
 * for (const status_id of ["b", "a"]) later.add({ base_url: "", status_id, deleted_at: 0 });
 * later.flush();
 * if (written.join() !== "a,b") throw new Error();
 * ```
 */
export function createLaterDeletes(
  write: (deletions: readonly Deletion[]) => void,
  clock: Clock = systemClock,
): LaterDeletes {
  let waiting: Deletion[] = [];
  let cancel: (() => void) | null = null;

  function flush(): void {
    cancel?.();
    cancel = null;
    if (waiting.length === 0) return;
    const all = waiting.sort((a, b) => a.status_id < b.status_id ? -1 : 1);
    waiting = [];
    write(all);
  }

  return {
    add(deletion) {
      waiting.push(deletion);
      if (waiting.length >= TOGETHER) flush();
      else cancel ??= clock.after(LONGEST, flush);
    },
    flush,
  };
}
