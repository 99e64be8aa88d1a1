/**
 * The state of a server that is saved between two runs.
 *
 * @module
 */
import type { GivenFile } from "../mastodon/given-file.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { DeleteJournal } from "./deletes/delete-journal.ts";

/** The files of one server. */
export interface ServerState {
  readonly checkpoint: Checkpoint;
  readonly deletes: DeleteJournal;
  /** The statuses that were taken from this server; undefined if they are not remembered. */
  readonly memory?: GivenFile;
}
