/**
 * Turns DuckDB's errors into failures with one line that says what to do. DuckDB's errors differ
 * only in their texts, so they are told apart by their texts.
 *
 * @module
 */
import { Failure } from "../../common/failure.ts";
import { DamagedFile, FileGone } from "../store/failures.ts";

/**
 * An error that DuckDB reports if files that are read together have different columns or types. A
 * wrong statement can cause it too.
 */
export class FilesDiffer extends Failure {}

/** DuckDB's texts, and the failures that replace them. `at` is the file or address in the text. */
const KNOWN: readonly [RegExp, (at: string, cause: unknown, line: string) => Failure][] = [
  [/schema mismatch in glob/, (_at, cause, line) => new FilesDiffer(line, { cause })],
  [/^Binder Error:/, (_at, cause, line) => new FilesDiffer(line, { cause })],
  [/^Conversion Error:/, (_at, cause, line) => new FilesDiffer(line, { cause })],
  [/No magic bytes found at end of file '([^']*)'/, damaged],
  [/[Ff]ile '([^']*)' too small to be a Parquet file/, damaged],
  [/[Ff]ailed to read file "([^"]*)"/, damaged],
  // Errors of DuckDB's Parquet reader begin with `Invalid Error:`, and do not name the file.
  [/^Invalid Error: (?!std::)/, (_at, cause) => new DamagedFile(null, cause)],
  [
    /(?:Cannot|Could not|Failed to) open file "([^"]*)": Permission denied/,
    (at, cause) => new Failure(`${at} cannot be read or written by this user`, { cause }),
  ],
  [/(?:Cannot|Could not|Failed to) open file "([^"]*)": No such file/, gone],
  [/No files found that match the pattern "([^"]*)"/, gone],
  [/"(?:https?:)?\/\/([^"]*)"[^"]*404 \(Not Found\)/, gone],
  [/HTTP GET error (?:on|reading) '([^']*)'.*\(HTTP 404/, gone],
  [/ETag on reading file "([^"]*)"/, (at, cause) => new FileGone(at, "replaced", cause)],
  [
    /No space left on device/,
    (_at, cause) => new Failure("the disk is full; make room and start again", { cause }),
  ],
  [
    /Could not (?:establish connection|connect)[^']*'(?:https?:)?\/\/([^\/']+)/,
    (at, cause) =>
      new Failure(`the object store at ${at} does not answer; S3_ENDPOINT names it`, { cause }),
  ],
];

function damaged(at: string, cause: unknown): Failure {
  return new DamagedFile(at, cause);
}

function gone(at: string, cause: unknown): Failure {
  return new FileGone(at, "removed", cause);
}

/**
 * Turns an error of DuckDB into a {@linkcode Failure}. If the error is a `Failure` already, it is
 * returned unchanged.
 *
 * @param clean removes secrets from a text
 */
export function duckdbFailure(error: unknown, clean: (text: string) => string): Failure {
  if (error instanceof Failure) return error;
  const raw = error instanceof Error ? error.message : String(error);
  const text = clean(raw);
  // An uncaught failure is printed with its cause, so an error that contains a secret must not
  // become the cause.
  const cause = text === raw ? error : undefined;
  const line = text.split("\n").map((part) => part.trim()).filter(Boolean)[0] ?? "DuckDB failed";
  for (const [pattern, failure] of KNOWN) {
    const match = pattern.exec(text);
    if (match) return failure(match[1] ?? "", cause, line);
  }
  return new Failure(line, { cause });
}
