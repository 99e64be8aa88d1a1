/**
 * Finds out which file is damaged, if DuckDB's error does not name the file.
 *
 * @module
 */
import { DamagedFile } from "../store/failures.ts";
import type { Queries } from "./lake.ts";
import { readParquet } from "./sql.ts";

/**
 * Returns `error`, or an error that also names the damaged file. If `error` reports damage but does
 * not name the file, the files of `urls` are read one by one until one fails. This can take as long
 * as reading the whole lake.
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
