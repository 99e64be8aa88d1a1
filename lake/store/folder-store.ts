/**
 * A lake in a folder.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { moveIntoPlace } from "../../common/files.ts";
import { fsFailure } from "./fs-failure.ts";
import type { Store, StoredFile } from "./store.ts";

/**
 * The folder for files that are being written. Patterns of readers do not match it. A hidden file
 * beside the finished files would not do, because DuckDB's `partition=0/*` matches it too.
 */
export const WRITING = ".writing";

/** Opens the files of the folder `location`, which may not exist yet. */
export function folderStore(location: string): Store {
  const at = (path: string) => join(location, path);
  let scratches = 0;

  const store: Store = {
    location,
    url: at,

    async list(prefix) {
      const files: StoredFile[] = [];
      const folder = prefix.slice(0, prefix.lastIndexOf("/") + 1);
      await fsFailure(location, () => walk(location, folder, prefix, files));
      return files.sort((a, b) => a.path < b.path ? -1 : a.path > b.path ? 1 : 0);
    },

    // A folder stores no versions, so the text itself is the version.
    async readText(path) {
      const text = await fsFailure(at(path), () => unlessGone(Deno.readTextFile(at(path)), null));
      return text === null ? null : { text, version: text };
    },

    readBytes: (path) => fsFailure(at(path), () => unlessGone(Deno.readFile(at(path)), null)),

    async writeText(path, text, over) {
      return await fsFailure(at(path), async () => {
        await Deno.mkdir(dirname(at(path)), { recursive: true });
        await Deno.mkdir(at(WRITING), { recursive: true });
        // No other process may write between the check of the version and the rename.
        using lock = await Deno.open(join(at(WRITING), "text.lock"), { create: true, write: true });
        await lock.lock(true);
        const stands = await store.readText(path);
        if ((stands?.version ?? null) !== over) return null;
        const scratch = await store.scratch("text");
        await Deno.writeTextFile(scratch, text);
        await moveIntoPlace(scratch, at(path));
        return text;
      });
    },

    async scratch(name) {
      const folder = at(WRITING);
      await fsFailure(folder, () => Deno.mkdir(folder, { recursive: true }));
      return join(folder, `${name}-${Deno.pid}-${++scratches}.tmp`);
    },

    async publish(scratch, path) {
      await fsFailure(at(path), async () => {
        await Deno.mkdir(dirname(at(path)), { recursive: true });
        await moveIntoPlace(scratch, at(path));
      });
    },

    // The folder stores no row counts, because each file has its own in its footer.
    rowCount: () => Promise.resolve(null),

    local: (path) => Promise.resolve({ path: at(path), done: () => Promise.resolve() }),

    async remove(paths) {
      for (const path of paths) {
        await fsFailure(at(path), () => unlessGone(Deno.remove(at(path)), undefined));
      }
      // Removes the folders that are empty now. Removing a folder with files fails, which is fine.
      for (const folder of new Set(paths.map((path) => dirname(at(path))))) {
        await Deno.remove(folder).catch(() => {});
      }
    },
  };
  return store;
}

async function walk(
  location: string,
  folder: string,
  prefix: string,
  files: StoredFile[],
): Promise<void> {
  const found: Promise<void>[] = [];
  for await (const entry of entries(join(location, folder))) {
    const path = folder + entry.name;
    if (entry.isDirectory) {
      const below = `${path}/`;
      if (below.startsWith(prefix) || prefix.startsWith(below)) {
        found.push(walk(location, below, prefix, files));
      }
    } else if (path.startsWith(prefix)) found.push(add(location, path, files));
  }
  await Promise.all(found);
}

async function add(location: string, path: string, files: StoredFile[]): Promise<void> {
  const stat = await unlessGone(Deno.stat(join(location, path)), null).catch((error) => {
    // A link that leads back to itself is not a file with rows.
    if (error instanceof Deno.errors.FilesystemLoop) return null;
    throw error;
  });
  if (!stat?.isFile) return;
  const modified = stat.mtime?.getTime() ?? 0;
  const version = `${stat.ino ?? 0}-${modified}-${stat.size}`;
  files.push({ path, bytes: stat.size, modified, version });
}

async function* entries(folder: string): AsyncGenerator<Deno.DirEntry> {
  try {
    yield* Deno.readDir(folder);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function unlessGone<T, G>(work: Promise<T>, gone: G): Promise<T | G> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return gone;
    throw error;
  }
}
