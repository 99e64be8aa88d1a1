/**
 * A lake in an S3-compatible object store.
 *
 * @module
 */
import type { S3Settings } from "../s3-settings.ts";
import type { Store, StoredFile } from "../store.ts";
import { s3Client, type S3Effects } from "./client.ts";
import { deleteObjects } from "./delete.ts";
import { listAfter, listObjects } from "./list.ts";
import { download, readObject, readRange } from "./read.ts";
import { readRowCount } from "./row-count.ts";
import { uploadParquet, writeIfVersion } from "./write.ts";

/**
 * A store in an object store. Its additional methods are for engines that cannot read S3
 * themselves.
 */
export interface ObjectStore extends Store {
  /** Returns a page of {@linkcode Store.list}: at most 1,000 files after the path `after`. */
  page(prefix: string, after: string): Promise<StoredFile[]>;
  /**
   * Reads the bytes of an object from `from` up to but not including `to`.
   *
   * @throws {FileGone} if the object was removed, or its version is not `version`
   */
  read(path: string, from: number, to: number, version: string): Promise<Uint8Array<ArrayBuffer>>;
}

/** Opens the objects under `location` (`s3://bucket` or `s3://bucket/prefix`). */
export function s3Store(
  location: string,
  settings: S3Settings,
  effects: S3Effects = {},
): ObjectStore {
  const client = s3Client(location, settings, effects);
  return {
    location,
    url: (path) => `s3://${client.bucket}/${client.key(path)}`,

    list: (prefix) => listObjects(client, prefix),
    page: (prefix, after) => listAfter(client, prefix, after),

    read: (path, from, to, version) => readRange(client, path, { from, to, version }),
    readBytes: async (path) => (await readObject(client, path))?.bytes ?? null,
    async readText(path) {
      const object = await readObject(client, path);
      if (object === null) return null;
      return { text: new TextDecoder().decode(object.bytes), version: object.version };
    },
    rowCount: (path) => readRowCount(client, path),
    async local(path) {
      const copy = await download(client, path);
      return { path: copy, done: () => Deno.remove(copy) };
    },

    writeText: (path, text, over) => writeIfVersion(client, path, text, over),
    scratch: (name) => Deno.makeTempFile({ prefix: `${name}-`, suffix: ".tmp" }),
    publish: (scratch, path, rows) => uploadParquet(client, scratch, path, rows),
    remove: (paths) => deleteObjects(client, paths),
  };
}
