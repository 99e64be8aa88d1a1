/**
 * Tracks the position up to which each server's timeline was read. A position becomes the checkpoint
 * when its records are durable.
 *
 * @module
 */
import type { Clock } from "../../common/clock.ts";
import { canPage, compareIds, idTime } from "../mastodon/status-id.ts";
import { millisecondsOf } from "../toot/time.ts";
import type { Durability } from "./durability.ts";
import type { ServerState } from "./server-state.ts";

/** The position of one server. */
export interface Position {
  /**
   * Reports that a status was taken. Its time becomes the time of the position if it is newer and
   * not in the future; its id becomes the id of the position in the same way. An id that cannot be
   * a cursor is ignored.
   */
  move(id: string, time: unknown): void;
  /** Reports that the timeline is covered until this time, in milliseconds since 1970. */
  covered(until: number): void;
  /** Reports one more delete of the journal that is not durable yet. */
  journalled(): void;
  /**
   * Reports whether some deletes of the journal still wait for their second record. While they
   * wait, all deletes since the last `mark` stay in the journal.
   */
  holdJournal(held: boolean): void;
  /** Reports that all records until now are in the batches up to and including `seq`. */
  mark(seq: number): void;
}

/** Creates a position that is still unknown. */
export function createPosition(
  state: ServerState | undefined,
  durability: Durability,
  clock: Pick<Clock, "now">,
): Position {
  let id: string | null = null;
  let time: number | null = null, coveredUntil: number | null = null;
  let moved = false, held = false;
  let deletes = 0;

  return {
    move(newId, newTime) {
      if (state === undefined) return;
      const now = clock.now();
      const posted = millisecondsOf(newTime);
      if (posted !== null && posted <= now && (time === null || posted > time)) {
        time = posted;
        moved = true;
      }
      if (id !== null && compareIds(newId, id) <= 0) return;
      if ((posted !== null && posted > now) || (idTime(newId) ?? 0) > now) return;
      if (!canPage(newId)) return;
      id = newId;
      moved = true;
    },
    covered(until) {
      if (until > clock.now() || (coveredUntil !== null && until <= coveredUntil)) return;
      coveredUntil = until;
      moved = true;
    },
    journalled() {
      if (state !== undefined) deletes++;
    },
    holdJournal(hold) {
      held = hold;
    },
    mark(seq) {
      if (state === undefined) return;
      const settled = held ? 0 : deletes;
      const saveGiven = state.memory?.prepare() ?? null;
      if (!moved && settled === 0 && saveGiven === null) return;
      const position = moved ? { id, time, coveredUntil } : null;
      moved = false;
      deletes -= settled;
      durability.when(seq, () => {
        saveGiven?.();
        if (position !== null) state.checkpoint.note(position);
        state.deletes.settle(settled);
      });
    },
  };
}
