/**
 * The paths of the table's files.
 *
 * @module
 */
import { resolve } from "node:path";
import { compactedFolder } from "../../store/layout.ts";
import { isS3 } from "../../store/location.ts";
import type { Store } from "../../store/store.ts";

/** Returns the folder of the metadata, relative to the lake. */
export function metadataFolder(topic: string): string {
  return `${compactedFolder(topic)}metadata/`;
}

/** Returns the folder of the data files, relative to the lake. */
export function dataFolder(topic: string): string {
  return `${compactedFolder(topic)}data/`;
}

/** Returns the path of version `n` of the table's metadata, relative to the lake. */
export function metadataPath(topic: string, n: number): string {
  return `${metadataFolder(topic)}v${n}.metadata.json`;
}

/** Returns the version of the metadata at `path`; null if `path` is another file. */
export function versionOf(path: string): number | null {
  const match = /\/metadata\/v(\d{1,15})\.metadata\.json$/.exec(path);
  return match ? Number(match[1]) : null;
}

/** Returns the path of the file that names the newest version, relative to the lake. */
export function versionHintPath(topic: string): string {
  return `${metadataFolder(topic)}version-hint.text`;
}

/** Returns the table's location in the form of its metadata: an absolute path or `s3://…`. */
export function tableLocation(store: Store, topic: string): string {
  const url = store.url(compactedFolder(topic)).replace(/\/+$/, "");
  return isS3(store.location) ? url : resolve(url).replaceAll("\\", "/");
}
