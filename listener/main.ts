// deno-lint-ignore-file no-console
/**
 * The listener: servers in, records out. This file parses, wires and exits.
 *
 * @module
 */
import { Failure } from "../common/failure.ts";
import { listen } from "./listen.ts";
import { plain } from "./sinks/plain.ts";
import { parseOptions } from "./options.ts";
import { stopOnSignals } from "../common/stop.ts";

/** Columns of the line that says why it ended. */
const LONGEST = 2_000;

async function main(): Promise<number> {
  const options = parseOptions(Deno.args);
  if ("text" in options) {
    console.log(options.text.trimEnd());
    return 0;
  }
  const stopping = new AbortController();
  stopOnSignals((signal) => stopping.abort(signal));
  await listen(options, stopping);
  return 0;
}

if (import.meta.main) {
  const code = await main().catch((error) => {
    // What a person can act on is one line; everything else is a bug, and keeps its trace.
    console.error(error instanceof Failure ? `listener: ${plain(error.message, LONGEST)}` : error);
    return error instanceof Failure ? error.exitCode : 1;
  });
  Deno.exit(code);
}
