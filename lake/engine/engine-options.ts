/**
 * Options that an engine needs to open a lake.
 *
 * @module
 */
import type { Env } from "../../common/env.ts";

/** The options that {@linkcode openLake} passes to an engine. */
export interface EngineOptions {
  /** A folder, or `s3://bucket`, without a slash at the end. */
  readonly location: string;
  readonly memory: string | undefined;
  readonly env: Env;
  /** A database file for the native engine's tables, removed after use. Default: in memory. */
  readonly database?: string;
  /** The folder for data that does not fit into the native engine's memory. Default: a new one. */
  readonly spill?: string;
  /**
   * Aborting it interrupts the native engine, and makes every later query fail. Default: never
   * aborted.
   */
  readonly signal?: AbortSignal | undefined;
}
