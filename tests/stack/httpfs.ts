/**
 * Finds DuckDB's httpfs extension for the tests.
 *
 * @module
 */

/**
 * Returns `DUCKDB_HTTPFS`, or the path of the extension that `.ci/stack` has downloaded; undefined
 * if there is neither. Machines that cannot reach DuckDB's host need this file.
 */
export async function httpfs(): Promise<string | undefined> {
  const named = Deno.env.get("DUCKDB_HTTPFS");
  if (named) return named;
  const root = new URL("../../", import.meta.url);
  const home = Deno.env.get("STACK_HOME") || new URL(".stack", root).pathname;
  const script = await Deno.readTextFile(new URL(".ci/stack", root));
  const version = script.match(/^HTTPFS_VERSION=(\S+)/m)?.[1];
  const file = `${home}/httpfs-${version}/httpfs.duckdb_extension`;
  return await Deno.stat(file).then(() => file, () => undefined);
}
