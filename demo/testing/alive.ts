/**
 * Whether a process runs.
 *
 * @module
 */

/** True if the process with this id runs. Not for Windows, which has no such signal. */
export function alive(pid: number): boolean {
  try {
    Deno.kill(pid, "SIGCONT");
    return true;
  } catch {
    return false;
  }
}
