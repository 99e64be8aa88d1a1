/**
 * Names the damaged file if DuckDB does not.
 *
 * @module
 */
import { DamagedFile } from "../store/failures.ts";
import type { Queries } from "./lake.ts";
import { readParquet } from "./sql.ts";

/**
 * Returns the error to throw for `error`. If `error` reports damage but does not name the file, all
 * files are read one by one until one fails. This takes as long as reading the lake once.
 *
 * @param urls the files that were read when the error occurred
 *
 * @example
 * ```ts
 * import { openLake } from "./open.ts";
 * import { namingDamagedFile } from "./damaged-file.ts";
 *
 * const lake = await openLake({ location: await Deno.makeTempDir() });
 * const other = new Error("another one stays as it is");
 * if (await namingDamagedFile(lake, [], other) !== other) throw new Error();
 * await lake.close();
 * ```
 */
export async function namingDamagedFile(
  { query }: Pick<Queries, "query">,
  urls: readonly string[],
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof DamagedFile) || error.path !== null) return error;
  for (const url of urls) {
    try {
      await query(`select count(columns(*)) from ${readParquet([url])}`);
    } catch (cause) {
      if (cause instanceof DamagedFile) return new DamagedFile(url, cause);
    }
  }
  return error;
}
