/**
 * Opens a lake for reading, with the chosen engine.
 *
 * @module
 */
import type { EngineName, Lake } from "./lake.ts";
import { Failure } from "../../common/failure.ts";
import type { EngineOptions } from "./engine-options.ts";
import type { Env } from "../../common/env.ts";
import { checkFolder, isS3, lakeLocation } from "../store/location.ts";
import { s3Settings } from "../store/s3-settings.ts";

/** Options of {@linkcode openLake}. */
export interface OpenOptions {
  /** A folder or `s3://bucket`. Default: `LAKE`, else `data/lake`. */
  location?: string | undefined;
  /** The engine. Default: `DUCKDB_ENGINE`, else `native`. */
  engine?: EngineName | undefined;
  /** DuckDB's memory limit, such as `2GB`. Default: DuckDB's own, 80 % of the machine's memory. */
  memory?: string | undefined;
  /** Reads environment variables. Default: those of the process. */
  env?: Env;
}

/**
 * Opens a lake. The folder must exist; it may be empty.
 *
 * @throws {Failure} if the lake or the engine cannot be opened
 *
 * @example
 * ```ts
 * import { openLake } from "./open.ts";
 *
 * const lake = await openLake({ location: await Deno.makeTempDir() });
 * const [row] = await lake.query<{ n: number }>("select 41 + $one as n", { one: 1 });
 * if (row?.n !== 42) throw new Error();
 * await lake.close();
 * ```
 */
export async function openLake(options: OpenOptions = {}): Promise<Lake> {
  const env = options.env ?? ((name: string) => Deno.env.get(name));
  const location = lakeLocation(options.location ?? (env("LAKE") || "data/lake"), env);
  const engine = options.engine ?? (env("DUCKDB_ENGINE") || "native");
  if (engine !== "native" && engine !== "wasm") {
    throw new Failure(`DUCKDB_ENGINE: expected native or wasm, got '${engine}'`, { exitCode: 2 });
  }
  if (isS3(location)) s3Settings(env); // Wrong settings are reported here, before an engine starts.
  else await checkFolder(location);
  const told: EngineOptions = { location, memory: options.memory, env };
  // Each engine is loaded only if it is chosen: wasm must run without --allow-ffi.
  return engine === "native"
    ? await (await import("./native.ts")).openNative(told)
    : await (await import("./wasm.ts")).openWasm(told);
}
