/**
 * Lock files that contain the name of their owner.
 *
 * @module
 */
import { sleep, systemClock } from "../../../common/clock.ts";
import { writeAll } from "../../../common/files.ts";
import { fsFailure } from "../../store/fs-failure.ts";

/** Options of {@linkcode lockFile}. */
export interface LockOptions {
  /** Returns true if a file without an owner must not be locked. Default: it may be locked. */
  readonly refuseUnowned?: () => boolean;
  /**
   * Runs while this process holds the lock exclusively, before the lock is shared. If other
   * processes hold the lock already, it does not run.
   */
  readonly whileExclusive?: () => Promise<void>;
  /** True if several processes of the same owner may hold the lock. Default: false. */
  readonly shared?: boolean;
}

/**
 * Locks the file at `path` for `owner`.
 *
 * @returns a function that releases the lock, or the reason why it cannot be locked, such as `being
 * written by another process`
 */
export async function lockFile(
  path: string,
  owner: string,
  { refuseUnowned = () => false, whileExclusive, shared = false }: LockOptions = {},
): Promise<string | (() => void)> {
  const file = await fsFailure(
    path,
    () => Deno.open(path, { create: true, read: true, write: true }),
  );
  const release = () => file.close();
  const exclusive = await file.tryLock(true);
  if (!exclusive && !(shared && await lockShared(file))) {
    release();
    return "being written by another process";
  }
  const named = await Deno.readTextFile(path);
  if (named === "" ? refuseUnowned() : named !== owner) {
    release();
    return named === "" ? "another writer's" : `${named}'s`;
  }
  if (named === "") await writeAll(file, new TextEncoder().encode(owner));
  if (exclusive) await whileExclusive?.();
  if (exclusive && shared) await file.lock(false);
  return release;
}

/**
 * Tries for a second to share the lock. Processes that share it hold it exclusively only while they
 * start.
 */
async function lockShared(file: Deno.FsFile): Promise<boolean> {
  for (let attempt = 0; attempt < 40; attempt++) {
    if (await file.tryLock(false)) return true;
    await sleep(systemClock, 25);
  }
  return false;
}
