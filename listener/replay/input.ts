/**
 * The file that a replay reads.
 *
 * @module
 */
import { Failure } from "../../common/failure.ts";

/**
 * Opens the file of a replay.
 *
 * @param path `-` is standard input
 * @throws {Failure} if it cannot be read
 */
export async function openReplay(path: string): Promise<ReadableStream<Uint8Array>> {
  if (path === "-") return Deno.stdin.readable;
  try {
    const file = await Deno.open(path);
    if (!(await file.stat()).isDirectory) return file.readable;
    file.close();
  } catch (error) {
    throw new Failure(`--replay: cannot read '${path}': ${(error as Error).message}`, {
      ...{ exitCode: 2, cause: error },
    });
  }
  throw new Failure(`--replay: '${path}' is a folder; name a file of JSON lines`, { exitCode: 2 });
}
