/**
 * Failures of a store. Callers tell them apart by their class.
 *
 * @module
 */
import { Failure } from "../../common/failure.ts";

/**
 * A file was removed or replaced after it was listed, usually by a compaction. The caller must list
 * the files again.
 */
export class FileGone extends Failure {
  constructor(path: string, what: "removed" | "replaced", cause?: unknown) {
    const happened = what === "removed"
      ? "was removed (a compaction may have replaced it)"
      : "was replaced while it was read";
    super(`${path} ${happened}; create the views again`, { cause });
  }
}

/**
 * The object store did not answer, or answered with a server error. Another attempt may succeed.
 */
export class Unreachable extends Failure {
  constructor(endpoint: string, cause: unknown) {
    const why = typeof cause === "string" ? `: ${cause}` : "";
    super(`the object store at ${endpoint} does not answer${why}; S3_ENDPOINT names it`, { cause });
  }
}

/** A file is not Parquet, or it is damaged. */
export class DamagedFile extends Failure {
  /** The path of the file; null if DuckDB does not name it. */
  readonly path: string | null;

  constructor(path: string | null, cause?: unknown) {
    super(
      path === null
        ? "a Parquet file is damaged"
        : `${path} is damaged, or not a Parquet file; to read the lake without it, rename it to ` +
          `${path.slice(path.lastIndexOf("/") + 1)}.damaged`,
      { cause },
    );
    this.path = path;
  }
}
