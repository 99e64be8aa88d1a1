/**
 * The settings of a notebook. A notebook has no command line, so its settings are environment
 * variables, which only this file reads.
 *
 * @module
 */
import { isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { EngineName } from "../../lake/engine/lake.ts";
import { Failure } from "../../common/failure.ts";

/** The folder of the project. */
export const ROOT = resolve(fileURLToPath(new URL("../../", import.meta.url)));

/** The default words of the notebook's last question: topics of 2023. */
export const WORDS = ["balloon", "earthquake", "superbowl", "chatgpt"];

/** The settings of a notebook. */
export interface Settings {
  /** `LAKE`: a folder or `s3://bucket`; a relative path starts in the project's folder. */
  readonly lake: string;
  /** `DUCKDB_ENGINE`: `native` (default) or `wasm`. */
  readonly engine: EngineName;
  /** `WORDS`: the words to search for, separated by commas. They are converted to lower case. */
  readonly words: readonly string[];
  /** `CHARTS`: a folder in which each chart is saved as SVG; null to save none. */
  readonly charts: string | null;
}

/**
 * Reads the settings.
 *
 * @throws {Failure} if a variable has an invalid value
 *
 * @example
 * ```ts
 * import { readSettings } from "./settings.ts";
 *
 * const { words, engine } = readSettings({ get: (name) => name === "WORDS" ? "moon, sun" : undefined });
 * if (words.join("+") !== "moon+sun" || engine !== "native") throw new Error();
 * ```
 */
export function readSettings(env: { get(name: string): string | undefined } = Deno.env): Settings {
  const fromRoot = (path: string) => isAbsolute(path) ? path : join(ROOT, path);
  const lake = env.get("LAKE") || "data/lake";
  const engine = env.get("DUCKDB_ENGINE") || "native";
  if (engine !== "native" && engine !== "wasm") {
    throw new Failure(`DUCKDB_ENGINE: expected native or wasm, got '${engine}'`, { exitCode: 2 });
  }
  const words = (env.get("WORDS") ?? "").toLowerCase().split(",").map((word) => word.trim())
    .filter(Boolean);
  const charts = env.get("CHARTS");
  return {
    lake: lake.includes("://") ? lake : fromRoot(lake),
    engine,
    words: words.length > 0 ? [...new Set(words)] : WORDS,
    charts: charts ? fromRoot(charts) : null,
  };
}
