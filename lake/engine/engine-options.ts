/**
 * What an engine needs to know to open a lake.
 *
 * @module
 */
import type { Env } from "../../common/env.ts";

/** What an engine is told by {@linkcode openLake}. */
export interface EngineOptions {
  /** A folder, or `s3://bucket`, without a slash at the end. */
  readonly location: string;
  readonly memory: string | undefined;
  readonly env: Env;
  /** A database file of the native engine. Default: in memory. */
  readonly database?: string;
  /** The folder in which the native engine puts what its memory does not hold. */
  readonly spill?: string;
}
