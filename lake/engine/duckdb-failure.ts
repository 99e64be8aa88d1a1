/**
 * DuckDB's errors as one line that a person can act on.
 *
 * @module
 */
import { Failure } from "../../common/failure.ts";

const AGAIN = "open the lake again";
const GONE = `$1 is gone; ${AGAIN} (compaction may have taken it in)`;
const CHANGED = `$1 was replaced while it was read; ${AGAIN}`;
const NO_PARQUET = "$1 is no Parquet file, or was cut short";

/** What DuckDB says, and what we say instead. `$1` is the file or address. */
const KNOWN: readonly [RegExp, string][] = [
  [/No magic bytes found at end of file '([^']*)'/, NO_PARQUET],
  [/[Ff]ile '([^']*)' too small to be a Parquet file/, NO_PARQUET],
  [/[Ff]ailed to read file "([^"]*)".*[Pp]arquet/, NO_PARQUET],
  [
    /(?:Cannot|Could not|Failed to) open file "([^"]*)": Permission denied/,
    "$1 may not be read or written by this user",
  ],
  [/(?:Cannot|Could not|Failed to) open file "([^"]*)": No such file/, GONE],
  [/No files found that match the pattern "([^"]*)"/, GONE],
  [/"(?:https?:)?\/\/([^"]*)"[^"]*404 \(Not Found\)/, GONE],
  [/HTTP GET error (?:on|reading) '([^']*)'.*\(HTTP 404/, GONE],
  [/ETag on reading file "([^"]*)"/, CHANGED],
  [/No space left on device/, "the disk is full; make room and start again"],
  [
    /Could not (?:establish connection|connect)[^']*'(?:https?:)?\/\/([^\/']+)/,
    "the object store at $1 does not answer; S3_ENDPOINT names it",
  ],
];

/** Turns what DuckDB threw into a {@linkcode Failure}; what is one already stays. */
export function duckdbFailure(error: unknown, clean: (text: string) => string): Failure {
  if (error instanceof Failure) return error;
  const raw = error instanceof Error ? error.message : String(error);
  const text = clean(raw);
  // A cause is printed too when nobody catches it: none that holds a secret.
  const cause = text === raw ? error : undefined;
  for (const [pattern, message] of KNOWN) {
    const match = pattern.exec(text);
    if (match) return new Failure(message.replace("$1", match[1] ?? ""), { cause });
  }
  const line = text.split("\n").map((part) => part.trim()).filter(Boolean)[0] ?? "DuckDB failed";
  return new Failure(line, { cause });
}

/** True where a file was taken away, or written anew, that a view still reads. */
export function isGone(error: unknown): boolean {
  // Known by its words: an engine may have brought it over from a worker.
  return error instanceof Failure && error.message.includes(AGAIN);
}
