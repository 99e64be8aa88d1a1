/**
 * DuckDB's errors as one line that a person can act on.
 *
 * @module
 */
import { Failure } from "./failure.ts";

/** What DuckDB says, and what we say instead. `$1` is the file or address. */
const KNOWN: readonly [RegExp, string][] = [
  [/No magic bytes found at end of file '([^']*)'/, "$1 is no Parquet file, or was cut short"],
  [/[Ff]ile '([^']*)' too small to be a Parquet file/, "$1 is no Parquet file, or was cut short"],
  [
    /(?:Cannot|Could not|Failed to) open file "([^"]*)": Permission denied/,
    "$1 may not be read or written by this user",
  ],
  [
    /(?:Cannot|Could not|Failed to) open file "([^"]*)": No such file/,
    "$1 is gone; open the lake again (compaction may have taken it in)",
  ],
  [/No files found that match the pattern "([^"]*)"/, "$1: no such file"],
  [/No space left on device/, "the disk is full; make room and start again"],
  [
    /Could not (?:establish connection|connect)[^']*'?([^']*)'?/,
    "the object store does not answer$1; S3_ENDPOINT names it",
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
