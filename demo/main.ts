// deno-lint-ignore-file no-console
/**
 * `deno task demo`: draws charts of a simulated week of Mastodon. It needs no account and no
 * Docker, and a network only to download packages on the first run.
 *
 * @module
 */
import { join, relative } from "node:path";
import { Failure } from "../common/failure.ts";
import { stopOnSignals } from "../common/stop.ts";
import { ROOT } from "../notebooks/support/settings.ts";
import { killChildren } from "./child.ts";
import { progressOn } from "./progress.ts";

const HELP = `Usage: deno task demo [--explore] [FOLDER]

Draws charts of a simulated week of Mastodon, with the simulator, the listener,
the lake and the notebook. They are written to FOLDER (default: data/demo).
Files of an earlier demo in that folder are removed first. A folder with other
files is refused.

--explore opens the explorer instead of running the notebook, and keeps the
stream going until Ctrl-C.`;

async function main(args: readonly string[]): Promise<void> {
  if (args.includes("--help") || args.includes("-h")) return console.log(HELP);
  const explore = args.includes("--explore");
  const [folder = join(ROOT, "data", "demo"), ...more] = args.filter((arg) => arg !== "--explore");
  if (folder.startsWith("-") || more.length > 0) {
    const wrong = folder.startsWith("-") ? folder : more[0];
    throw new Failure(`demo: unexpected argument '${wrong}'; see --help`, { exitCode: 2 });
  }
  const stopping = new AbortController();
  stopOnSignals(() => stopping.abort(new Failure("stopped", { exitCode: 130 })), {
    beforeExit: killChildren,
  });
  const { runDemo } = await loadDemo();
  const named = (path: string) => relative(Deno.cwd(), path) || path;
  await runDemo(folder, { explore, progress: progressOn(), signal: stopping.signal, named });
}

/**
 * Loads the demo. On the first run Deno silently downloads the demo's packages. If that takes more
 * than 1.5 seconds, a message says so.
 */
async function loadDemo(): Promise<typeof import("./demo.ts")> {
  const notice = setTimeout(
    () => console.error("Fetching packages from npm (once, about half a minute) …"),
    1_500,
  );
  try {
    // The path is computed. If it were a literal, Deno would download the demo's packages before it
    // runs the first line of this file.
    return await import(new URL("demo.ts", import.meta.url).href);
  } finally {
    clearTimeout(notice);
  }
}

if (import.meta.main) {
  try {
    await main(Deno.args);
    Deno.exit(0);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.error(error.message);
    Deno.exit(error.exitCode);
  }
}
