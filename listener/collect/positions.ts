/**
 * How far each server's timeline was taken, and when that becomes the checkpoint.
 *
 * @module
 */
import { compareIds } from "../mastodon/status-id.ts";
import type { Durability } from "./durability.ts";
import type { ServerState } from "./server-state.ts";

/** The position of one server. */
export interface Position {
  /** Notes that a status was taken; an older one than before is ignored. */
  move(id: string, time: unknown): void;
  /** An id that the checkpoint must not pass for now; null ends that. */
  doubt(after: string | null): void;
  /** Notes that a delete was written to the journal. */
  journalled(): void;
  /** Deletes of the journal wait for a second record of theirs, or no longer. */
  holdJournal(held: boolean): void;
  /** Says that all that was taken until now lies in batches up to `seq`. */
  mark(seq: number): void;
}

/** Begins at no position. */
export function createPosition(state: ServerState | undefined, durability: Durability): Position {
  let newest: string | null = null;
  let newestTime: unknown = null;
  let doubtful: string | null = null;
  let moved = false, held = false;
  let deletes = 0;

  return {
    move(id, time) {
      if (newest !== null && compareIds(id, newest) <= 0) return;
      newest = id;
      newestTime = time;
      moved = true;
    },
    doubt(after) {
      doubtful = after;
      // What was held back may be noted now.
      if (after === null && newest !== null) moved = true;
    },
    journalled() {
      if (state !== undefined) deletes++;
    },
    holdJournal(hold) {
      held = hold;
    },
    mark(seq) {
      const settled = held ? 0 : deletes;
      if (state === undefined || (!moved && settled === 0)) return;
      const wasMoved = moved;
      moved = false;
      deletes -= settled;
      const beyond = doubtful !== null && newest !== null && compareIds(newest, doubtful) > 0;
      const position = beyond ? { id: doubtful!, time: null } : { id: newest!, time: newestTime };
      durability.when(seq, () => {
        if (wasMoved) state.checkpoint.note(position);
        state.deletes.settle(settled);
      });
    },
  };
}
