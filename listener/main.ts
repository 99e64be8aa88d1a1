// deno-lint-ignore-file no-console
/**
 * The listener: servers in, records out. This file parses, wires and exits.
 *
 * @module
 */
import { endOf } from "../common/command-line.ts";
import { listen } from "./listen.ts";
import { plain } from "./sinks/plain.ts";
import { parseOptions } from "./options.ts";
import { stopOnSignals } from "../common/stop.ts";

/** The longest error message at the end of a run, in columns. */
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
    const { output, exitCode } = endOf("listener", error);
    console.error(typeof output === "string" ? plain(output, LONGEST) : output);
    return exitCode;
  });
  Deno.exit(code);
}
