/**
 * The demo's folder: made anew each time, and never anybody else's.
 *
 * @module
 */
import { join } from "node:path";
import { Failure } from "../common/failure.ts";

/** The places in the demo's folder. */
export interface DemoFolder {
  readonly path: string;
  readonly lake: string;
  readonly charts: string;
  readonly report: string;
}

/** Says that a folder is the demo's to clear. */
const MARK = ".made-by-deno-task-demo";

/**
 * Makes an empty folder for the demo. What an earlier demo left there is
 * cleared; a folder that no demo made is left as it is.
 *
 * @throws {Failure} where there is something else
 *
 * @example
 * ```ts
 * import { freshFolder } from "./folder.ts";
 *
 * const parent = await Deno.makeTempDir();
 * const { lake } = await freshFolder(`${parent}/demo`);
 * await Deno.mkdir(lake);
 * await freshFolder(`${parent}/demo`); // again: empty
 * const kept = await freshFolder(parent).catch((error) => error.exitCode);
 * if (kept !== 2) throw new Error("a folder of somebody else's is not touched");
 * ```
 */
export async function freshFolder(path: string): Promise<DemoFolder> {
  try {
    const names = [];
    for await (const { name } of Deno.readDir(path)) names.push(name);
    if (names.length > 0 && !names.includes(MARK)) {
      throw new Failure(
        `${path} holds files that no demo made: move them, or name another folder`,
        {
          exitCode: 2,
        },
      );
    }
    for (const name of names) await Deno.remove(join(path, name), { recursive: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotADirectory) {
      throw new Failure(`${path} is a file: move it, or name another folder`, { exitCode: 2 });
    }
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  await Deno.mkdir(path, { recursive: true });
  await Deno.writeTextFile(join(path, MARK), "Whatever is in here goes at the next demo.\n");
  return {
    path,
    lake: join(path, "lake"),
    charts: join(path, "charts"),
    report: join(path, "mastodon-analysis.html"),
  };
}
