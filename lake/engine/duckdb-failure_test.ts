import assert from "node:assert/strict";
import { Failure } from "../../common/failure.ts";
import { DamagedFile, FileGone } from "../store/failures.ts";
import { duckdbFailure, FilesDiffer } from "./duckdb-failure.ts";

const failureOf = (message: string) => duckdbFailure(new Error(message), (text) => text);

/** Error messages of DuckDB 1.5 and 0.9. */
const CASES: [string, typeof Failure, RegExp][] = [
  [
    "Invalid Input Error: No magic bytes found at end of file 'a/x.parquet'",
    DamagedFile as typeof Failure,
    /^a\/x\.parquet is damaged, or not a Parquet file; .* rename it to x\.parquet\.damaged$/,
  ],
  [
    "Invalid Input Error: File 'a/x.parquet' too small to be a Parquet file",
    DamagedFile as typeof Failure,
    /^a\/x\.parquet is damaged/,
  ],
  [
    'Invalid Input Error: Failed to read file "a/x.parquet": ZSTD Decompression failure',
    DamagedFile as typeof Failure,
    /^a\/x\.parquet is damaged/,
  ],
  ["Invalid Error: invalid TType", DamagedFile as typeof Failure, /^a Parquet file is damaged$/],
  [
    'Invalid Input Error: Failed to read file "a/x.parquet": schema mismatch in glob: column "b" ...',
    FilesDiffer,
    /^Invalid Input Error: Failed to read file "a\/x.parquet": schema mismatch/,
  ],
  [
    'Binder Error: Referenced column "b" not found in FROM clause!\nCandidate bindings: "a"',
    FilesDiffer,
    /^Binder Error: Referenced column "b" not found in FROM clause!$/,
  ],
  [
    'IO Error: Cannot open file "a/x.parquet": Permission denied',
    Failure,
    /^a\/x\.parquet cannot be read or written by this user$/,
  ],
  [
    'IO Error: Could not write file "a/x.tmp": No space left on device',
    Failure,
    /^the disk is full; make room and start again$/,
  ],
  [
    'IO Error: Cannot open file "a/x.parquet": No such file or directory',
    FileGone as unknown as typeof Failure,
    /^a\/x\.parquet was removed .*; create the views again$/,
  ],
  [
    "HTTP Error: HTTP GET error reading 's3://b/x.parquet' in region 'us-east-1' (HTTP 404 Not Found)",
    FileGone as unknown as typeof Failure,
    /^s3:\/\/b\/x\.parquet was removed/,
  ],
  [
    "IO Error: Could not connect to server error for HTTP HEAD to 'http://s3:9000/b/x.parquet'",
    Failure,
    /^the object store at s3:9000 does not answer; S3_ENDPOINT names it$/,
  ],
  [
    'Parser Error: syntax error at or near "x"\n\nLINE 1: x',
    Failure,
    /^Parser Error: .* near "x"$/,
  ],
];

Deno.test("a DuckDB error becomes one line that names the file, with an error class", () => {
  for (const [message, kind, line] of CASES) {
    const failure = failureOf(message);
    assert.equal(failure.constructor, kind, message);
    assert.match(failure.message, line);
  }
});

Deno.test("secrets are removed from messages and from their causes", () => {
  const failure = duckdbFailure(
    new Error("SET s3_secret_access_key='hunter2'"),
    (text) => text.replaceAll("hunter2", "***"),
  );
  assert.doesNotMatch(Deno.inspect(failure), /hunter2/);
});
