/**
 * Options that an engine needs to open a lake.
 *
 * @module
 */
import type { Env } from "../../common/env.ts";

/** How an engine opens a lake. The wasm engine ignores `database`, `spill` and `signal`. */
export interface EngineOptions {
  /** A folder, or `s3://bucket`, without a slash at the end. */
  readonly location: string;
  readonly memory: string | undefined;
  readonly env: Env;
  /** The file for the native engine's tables. The caller removes it. Default: in memory. */
  readonly database?: string;
  /**
   * The folder for data that does not fit into the native engine's memory. The engine removes it
   * when the lake is closed. Default: a new folder.
   */
  readonly spill?: string;
  /**
   * Aborting it interrupts the running query of the native engine. After that, every query fails.
   * Default: never aborted.
   */
  readonly signal?: AbortSignal | undefined;
}
