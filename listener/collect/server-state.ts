/**
 * What is kept of a server between two runs.
 *
 * @module
 */
import type { Checkpoint } from "./checkpoint.ts";
import type { DeleteJournal } from "./deletes/delete-journal.ts";

/** What became of a status: nothing yet, a record, a record under hashed keys, or no record. */
export type Outcome = "pending" | "record" | "hashed" | "left out";

/** The memory of the statuses that a server has given, as far as the collector needs it. */
export interface StatusMemory {
  find(id: string): { readonly outcome: Outcome } | undefined;
  /** Notes what became of a status. */
  settle(id: string, outcome: Outcome): void;
}

/** The files of one server. */
export interface ServerState {
  readonly checkpoint: Checkpoint;
  readonly deletes: DeleteJournal;
  readonly given?: StatusMemory;
}
