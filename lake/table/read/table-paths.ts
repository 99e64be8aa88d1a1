/**
 * Where the files of the table lie.
 *
 * @module
 */
import { resolve } from "node:path";
import { compactedFolder } from "../../store/layout.ts";
import { isS3 } from "../../store/location.ts";
import type { Store } from "../../store/store.ts";

/** The folder of the metadata, relative to the lake. */
export function metadataFolder(topic: string): string {
  return `${compactedFolder(topic)}metadata/`;
}

/** The folder of the data files, relative to the lake. */
export function dataFolder(topic: string): string {
  return `${compactedFolder(topic)}data/`;
}

/** Where version `n` of the table's metadata lies, relative to the lake. */
export function metadataPath(topic: string, n: number): string {
  return `${metadataFolder(topic)}v${n}.metadata.json`;
}

/** The version whose metadata lies at `path`; null if it is another file. */
export function versionOf(path: string): number | null {
  const match = /\/metadata\/v(\d{1,15})\.metadata\.json$/.exec(path);
  return match ? Number(match[1]) : null;
}

/** Where readers look for the newest version, relative to the lake. */
export function versionHintPath(topic: string): string {
  return `${metadataFolder(topic)}version-hint.text`;
}

/** The table's location as its metadata states it: an absolute path or `s3://…`. */
export function tableLocation(store: Store, topic: string): string {
  const url = store.url(compactedFolder(topic)).replace(/\/+$/, "");
  return isS3(store.location) ? url : resolve(url).replaceAll("\\", "/");
}
