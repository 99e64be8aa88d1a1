/**
 * Runs the explorer: opens the lake, serves the page, and stops on a signal.
 *
 * @module
 */
import { basename } from "node:path";
import { openSnapshots } from "./data/snapshot.ts";
import { writeExport } from "./export/export.ts";
import type { ExploreOptions } from "./options.ts";
import { assets } from "./server/assets.ts";
import { openGuard } from "./server/guard.ts";
import { startServer } from "./server/serve.ts";

/** If reading the lake takes longer than this many milliseconds, a message says so. */
const SLOW = 1_500;

/** External effects that tests replace. */
export interface ExploreEffects {
  /** Aborting it stops the explorer. */
  readonly signal: AbortSignal;
  /** Prints a line on the terminal. */
  readonly say: (line: string) => void;
}

/**
 * Serves the page until `signal` is aborted. With `options.export`, writes a static page instead.
 *
 * @throws {Failure} if the lake cannot be read, the port is in use, or the static page cannot be
 * written
 */
export async function explore(options: ExploreOptions, effects: ExploreEffects): Promise<void> {
  const { lake, topic, host, port, token, cache, memory } = options;
  const limits = memory === undefined ? {} : { memory };
  const { signal, say } = effects;
  const lakeName = lake.startsWith("s3://") ? lake : basename(lake) || lake;
  if (options.export !== undefined) {
    const folder = options.export;
    const counts = await writeExport({ location: lake, topic, lakeName, limits, folder });
    say(`${folder}: ${counts.toLocaleString("en")} counts; put it on any static host`);
    return;
  }
  // The page and its script are served while the lake is still being read.
  const reading = openSnapshots({ location: lake, topic, cache, limits, signal });
  reading.catch(() => {}); // The promise is awaited below.
  const server = startServer({
    hostname: host,
    port,
    guard: openGuard({ token }),
    snapshots: reading,
    assets: assets(cache),
    lakeName,
    location: lake,
    texts: options.text,
    warn: (message) => say(`explore: ${message}`),
  });
  try {
    const url = token === null ? server.url : `${server.url}/?token=${encodeURIComponent(token)}`;
    if (options.open) openBrowser(url, say);
    const stopped = new Promise<null>((resolve) => {
      signal.addEventListener("abort", () => resolve(null));
      if (signal.aborted) resolve(null);
    });
    const slow = setTimeout(() => say(`reading ${lake}, which takes longer the first time`), SLOW);
    const first = await Promise.race([reading, stopped]).finally(() => clearTimeout(slow));
    if (first !== null) {
      say(`${lake}: ${first.current.contents.toots.toLocaleString("en")} toots at ${url}`);
      await stopped;
    }
  } finally {
    await server.close();
    await reading.then((snapshots) => snapshots.close(), () => {});
  }
}

/** Opens the user's browser. On a machine without a browser, it prints a message. */
function openBrowser(url: string, say: (line: string) => void): void {
  const [command, ...args] = Deno.build.os === "darwin"
    ? ["open", url]
    : Deno.build.os === "windows"
    ? ["explorer.exe", url]
    : ["xdg-open", url];
  try {
    new Deno.Command(command!, { args, stdout: "null", stderr: "null" }).spawn().unref();
  } catch {
    say("cannot open a browser here; open the address yourself");
  }
}
