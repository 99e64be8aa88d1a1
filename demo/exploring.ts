/**
 * Opens the explorer on the demo's lake while the stream goes on.
 *
 * @module
 */
import { startChild } from "./child.ts";
import type { Progress } from "./progress.ts";

const EXPLORER = new URL("../explorer/main.ts", import.meta.url).href;

/** Opens the explorer on a lake, and resolves when the user stops it with Ctrl-C. */
export async function explore(
  lake: string,
  { progress, signal }: { progress: Progress; signal: AbortSignal },
): Promise<void> {
  progress.now("explorer", "starting");
  await using child = startChild({
    name: "the explorer",
    args: [EXPLORER, "--lake", lake, "--port", "0", "--open"],
    stderr: (line) => {
      const address = /https?:\/\/\S+/.exec(line)?.[0];
      if (address) progress.done("explorer", `${address}; the stream goes on until Ctrl-C`);
    },
  });
  const stopped = new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve());
    if (signal.aborted) resolve();
  });
  const status = await Promise.race([child.ended, stopped]);
  // The explorer ended by itself. If it failed, `stop` throws the reason.
  if (status) await child.stop();
}
