/**
 * The demo's folder. Each run of the demo first removes the files of the run before. If the folder
 * contains files but no demo made it, the run fails and removes nothing.
 *
 * @module
 */
import { join } from "node:path";
import { Failure } from "../common/failure.ts";

/** Paths in the demo's folder. */
export interface DemoFolder {
  readonly path: string;
  readonly lake: string;
  readonly charts: string;
  readonly report: string;
}

/** This file marks a folder that the demo may clear. */
const MARK = ".made-by-deno-task-demo";

/**
 * Creates the demo's folder, or empties it if an earlier demo made it.
 *
 * @throws {Failure} if the folder contains files and no demo made it, or if `path` is a file
 *
 * @example
 * ```ts
 * import { freshFolder } from "./folder.ts";
 *
 * const parent = await Deno.makeTempDir();
 * const { lake } = await freshFolder(`${parent}/demo`);
 * await Deno.mkdir(lake);
 * await freshFolder(`${parent}/demo`); // removes the lake
 * const kept = await freshFolder(parent).catch((error) => error.exitCode);
 * if (kept !== 2) throw new Error("other folders are not touched");
 * ```
 */
export async function freshFolder(path: string): Promise<DemoFolder> {
  try {
    const names = [];
    for await (const { name } of Deno.readDir(path)) names.push(name);
    if (names.length > 0 && !names.includes(MARK)) {
      throw new Failure(
        `${path} contains files that no demo made: move them, or choose another folder`,
        {
          exitCode: 2,
        },
      );
    }
    for (const name of names) await Deno.remove(join(path, name), { recursive: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotADirectory) {
      throw new Failure(`${path} is a file: move it, or choose another folder`, { exitCode: 2 });
    }
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  await Deno.mkdir(path, { recursive: true });
  await Deno.writeTextFile(join(path, MARK), "The next demo removes everything in this folder.\n");
  return {
    path,
    lake: join(path, "lake"),
    charts: join(path, "charts"),
    report: join(path, "mastodon-analysis.html"),
  };
}
