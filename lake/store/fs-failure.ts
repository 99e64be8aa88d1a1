/**
 * Turns errors of the file system into failures with one line that says what is wrong.
 *
 * @module
 */
import { Failure } from "../../common/failure.ts";

/** Deno's error classes, each with a message for the user and an exit code. */
const REFUSALS: readonly [typeof Deno.errors.NotFound, string, number][] = [
  [Deno.errors.PermissionDenied, "cannot be read or written by this user", 1],
  [Deno.errors.NotADirectory, "a file is where a folder is needed", 2],
  [Deno.errors.AlreadyExists, "a file is where a folder is needed", 2],
  [Deno.errors.IsADirectory, "a folder is where a file is needed", 2],
  [Deno.errors.FilesystemLoop, "a symbolic link leads back to itself", 2],
];

/**
 * Turns an error of the file system about `path` into a {@linkcode Failure}. Any other error is
 * returned unchanged.
 */
export function asFsFailure(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof Failure) return error;
  for (const [kind, meaning, exitCode] of REFUSALS) {
    if (error instanceof kind) {
      return new Failure(`${path}: ${meaning}`, { exitCode, cause: error });
    }
  }
  const code = /\(os error (\d+)\)/.exec(error.message)?.[1];
  if (code === undefined) return error;
  // A full disk (ENOSPC) has no class of its own.
  const meaning = code === "28" ? "the disk is full" : error.message.replace(/:.*$/s, "");
  return new Failure(`${path}: ${meaning}`, { cause: error });
}

/**
 * Runs work on a file or folder, and turns errors of the file system into a {@linkcode
 * Failure}.
 */
export async function fsFailure<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asFsFailure(path, error);
  }
}
