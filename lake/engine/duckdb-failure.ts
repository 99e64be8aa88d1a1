/**
 * DuckDB's errors as one line that a person can act on. DuckDB tells errors apart
 * by their text only; from here on they are told apart by their class.
 *
 * @module
 */
import { Failure } from "../../common/failure.ts";
import { DamagedFile, FileGone } from "../store/failures.ts";

/** Files that are read as if they were alike have other columns, or other types, than the first. */
export class FilesDiffer extends Failure {}

/** What DuckDB says, and what we say instead; `at` is the file or address in the text. */
const KNOWN: readonly [RegExp, (at: string, cause: unknown, line: string) => Failure][] = [
  [/schema mismatch in glob/, (_at, cause, line) => new FilesDiffer(line, { cause })],
  [/^Binder Error:/, (_at, cause, line) => new FilesDiffer(line, { cause })],
  [/^Conversion Error:/, (_at, cause, line) => new FilesDiffer(line, { cause })],
  [/No magic bytes found at end of file '([^']*)'/, damaged],
  [/[Ff]ile '([^']*)' too small to be a Parquet file/, damaged],
  [/[Ff]ailed to read file "([^"]*)"/, damaged],
  // What the reader of Parquet itself throws has this type, and no file name.
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
 * Turns what DuckDB threw into a {@linkcode Failure}; a failure stays what it is.
 *
 * @param clean takes secrets out of a text
 */
export function duckdbFailure(error: unknown, clean: (text: string) => string): Failure {
  if (error instanceof Failure) return error;
  const raw = error instanceof Error ? error.message : String(error);
  const text = clean(raw);
  // The cause is printed too if nobody catches the failure, so it must not hold a secret.
  const cause = text === raw ? error : undefined;
  const line = text.split("\n").map((part) => part.trim()).filter(Boolean)[0] ?? "DuckDB failed";
  for (const [pattern, failure] of KNOWN) {
    const match = pattern.exec(text);
    if (match) return failure(match[1] ?? "", cause, line);
  }
  return new Failure(line, { cause });
}
