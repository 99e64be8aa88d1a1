/**
 * The folder of the listener's checkpoints, salt and dead letters.
 *
 * @module
 */
import { join } from "node:path";
import { Failure } from "../common/failure.ts";

/** The open folder. `release` unlocks it for other listeners. */
export interface DataFolder {
  release(): void;
}

/**
 * Creates the folder if it is missing, and locks it. If two listeners wrote the same checkpoints,
 * each would skip statuses that only the other has stored. The operating system releases the lock
 * when the process ends, even after a crash.
 *
 * @param lock true to lock the folder; false for a replay, which has no checkpoints
 * @throws {Failure} if the folder cannot be created or written, or if another listener uses it
 */
export async function openDataFolder(path: string, lock: boolean): Promise<DataFolder> {
  try {
    await Deno.mkdir(path, { recursive: true });
    if (!lock) return { release: () => {} };
    const file = await Deno.open(join(path, "listener.lock"), { create: true, write: true });
    if (await file.tryLock(true)) return { release: () => file.close() };
    file.close();
  } catch (error) {
    const because = error instanceof Deno.errors.AlreadyExists ||
        error instanceof Deno.errors.NotADirectory
      ? "part of this path is a file or a broken link"
      : (error as Error).message;
    throw new Failure(`--data: cannot write the folder '${path}': ${because}`, {
      ...{ exitCode: 2, cause: error },
    });
  }
  throw new Failure(
    `--data: another listener uses '${path}'; name all servers in one listener, or give this one ` +
      `a folder of its own`,
    { exitCode: 2 },
  );
}
