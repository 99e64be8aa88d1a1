/**
 * What is kept of a server between two runs.
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
  /** The statuses that it gave; undefined if nobody remembers them. */
  readonly memory?: GivenFile;
}
