/**
 * Checks whether a process runs.
 *
 * @module
 */

/**
 * Returns true if the process with this id runs. It does not work on Windows, which has no signal
 * SIGCONT.
 */
export function alive(pid: number): boolean {
  try {
    Deno.kill(pid, "SIGCONT");
    return true;
  } catch {
    return false;
  }
}
