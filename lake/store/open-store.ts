/**
 * Opens the files of a lake in a folder or an object store.
 *
 * @module
 */
import { folderStore } from "./folder-store.ts";
import { isS3, lakeLocation } from "./location.ts";
import { s3Settings } from "./s3-settings.ts";
import { type Env, processEnv } from "../../common/env.ts";
import { s3Store } from "./s3/s3-store.ts";
import type { Store } from "./store.ts";

/** Opens the store of a location: a folder, or `s3://bucket/prefix`. */
export function openStore(location: string, env: Env = processEnv): Store {
  const canonical = lakeLocation(location, env);
  return isS3(canonical) ? s3Store(canonical, s3Settings(env)) : folderStore(canonical);
}
