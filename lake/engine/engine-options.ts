/**
 * What an engine needs to know to open a lake.
 *
 * @module
 */
import type { Env } from "../../common/env.ts";

/** What {@linkcode openLake} passes to an engine. */
export interface EngineOptions {
  /** A folder, or `s3://bucket`, without a slash at the end. */
  readonly location: string;
  readonly memory: string | undefined;
  readonly env: Env;
  /** A database file of the native engine, for what does not outlive it. Default: in memory. */
  readonly database?: string;
  /** The folder for what does not fit into the native engine's memory. Default: a new one. */
  readonly spill?: string;
  /** Interrupts what the native engine does; every later query fails. Default: never. */
  readonly signal?: AbortSignal | undefined;
}
