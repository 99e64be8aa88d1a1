/**
 * The files of this machine for the wasm engine. Only the parts that the engine needs are read, so
 * a file may be larger than memory.
 *
 * @module
 */
import { FileGone } from "../../store/failures.ts";
import { asFsFailure } from "../../store/fs-failure.ts";
import type { Files } from "./files.ts";
import { fixedPrefix, globExpression, isPattern } from "./glob.ts";

/**
 * The maximum number of open files at a time. The engine keeps every file of a query open, but
 * operating systems allow only about a thousand.
 */
const OPEN_FILES = 64;

/** Creates the access to the files of this machine. */
export function localFiles(): Files {
  // The open files. The least recently used one comes first.
  const handles = new Map<string, Deno.FsFile>();

  function handle(path: string): Deno.FsFile {
    let file = handles.get(path);
    if (file) {
      handles.delete(path);
    } else {
      if (handles.size >= OPEN_FILES) release(handles.keys().next().value!);
      file = fsFailureSync(path, () => Deno.openSync(path));
    }
    handles.set(path, file);
    return file;
  }
  function release(path: string) {
    handles.get(path)?.close();
    handles.delete(path);
  }

  return {
    glob(pattern) {
      if (!isPattern(pattern)) return isFile(pattern) ? [pattern] : [];
      const prefix = fixedPrefix(pattern);
      const folder = prefix.slice(0, prefix.lastIndexOf("/") + 1);
      const expression = globExpression(pattern);
      const depth = pattern.includes("**") ? Infinity : pattern.split("/").length;
      return [...walk(folder, depth)].filter((path) => expression.test(path)).sort();
    },
    open(path) {
      const file = handle(path);
      return fsFailureSync(path, () => file.statSync()).size;
    },
    read(path, at, into) {
      const file = handle(path);
      fsFailureSync(path, () => {
        file.seekSync(at, Deno.SeekMode.Start);
        for (let filled = 0; filled < into.length;) {
          const n = file.readSync(into.subarray(filled));
          if (n === null) throw new FileGone(path, "replaced");
          filled += n;
        }
      });
    },
    release,
    refresh() {},
    close() {
      for (const path of [...handles.keys()]) release(path);
    },
  };
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/**
 * Yields the path of each file below a folder, if the path has at most `depth` segments. If `depth`
 * is infinite, symbolic links to folders are not followed, because a link could lead in circles.
 */
function* walk(folder: string, depth: number): Generator<string> {
  let entries: Deno.DirEntry[];
  try {
    entries = [...Deno.readDirSync(folder === "" ? "." : folder)];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw fsFailureSync(folder, () => {
      throw error;
    });
  }
  for (const entry of entries) {
    const path = folder + entry.name;
    const link = entry.isSymlink && !isFile(path);
    if (!entry.isDirectory && !link) yield path;
    else if (link && depth === Infinity) continue;
    else if (path.split("/").length < depth) yield* walk(`${path}/`, depth);
  }
}

function fsFailureSync<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw new FileGone(path, "removed", error);
    throw asFsFailure(path, error);
  }
}
