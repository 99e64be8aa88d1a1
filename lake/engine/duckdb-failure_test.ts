import assert from "node:assert/strict";
import { duckdbFailure, isGone } from "./duckdb-failure.ts";

const says = (message: string) => duckdbFailure(new Error(message), (text) => text).message;

/** As DuckDB 1.5 words them. */
const CASES: [string, RegExp][] = [
  [
    "Invalid Input Error: No magic bytes found at end of file 'a/x.parquet'",
    /^a\/x\.parquet is no Parquet file, or was cut short$/,
  ],
  [
    "Invalid Input Error: File 'a/x.parquet' too small to be a Parquet file",
    /^a\/x\.parquet is no Parquet file, or was cut short$/,
  ],
  [
    'IO Error: Cannot open file "a/x.parquet": Permission denied',
    /^a\/x\.parquet may not be read or written by this user$/,
  ],
  [
    'IO Error: Could not write file "a/x.tmp": No space left on device',
    /^the disk is full; make room and start again$/,
  ],
  [
    'IO Error: Cannot open file "a/x.parquet": No such file or directory',
    /^a\/x\.parquet is gone; open the lake again/,
  ],
  [
    "HTTP Error: HTTP GET error reading 's3://b/x.parquet' in region 'us-east-1' (HTTP 404 Not Found)",
    /^s3:\/\/b\/x\.parquet is gone; open the lake again/,
  ],
  [
    "IO Error: Could not connect to server error for HTTP HEAD to 'http://s3:9000/b/x.parquet'",
    /^the object store at s3:9000 does not answer; S3_ENDPOINT names it$/,
  ],
  ['Parser Error: syntax error at or near "x"\n\nLINE 1: x', /^Parser Error: .* near "x"$/],
];

Deno.test("what DuckDB says becomes one line that names the file", () => {
  for (const [message, line] of CASES) assert.match(says(message), line);
});

Deno.test("only a file that was taken away is worth looking again", () => {
  const gone = CASES.filter(([message]) => isGone(duckdbFailure(new Error(message), (t) => t)));
  assert.equal(gone.length, 2);
});

Deno.test("a secret is taken out, and no cause keeps it", () => {
  const failure = duckdbFailure(
    new Error("SET s3_secret_access_key='hunter2'"),
    (text) => text.replaceAll("hunter2", "***"),
  );
  assert.doesNotMatch(Deno.inspect(failure), /hunter2/);
});
