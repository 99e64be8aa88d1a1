// deno-lint-ignore-file no-console
/**
 * `deno task explore`: a live page over a lake. This file parses, wires and exits.
 *
 * @module
 */
import { stopOnSignals } from "../common/stop.ts";
import { Failure } from "../lake/mod.ts";
import { readOptions } from "./options.ts";
import { explore } from "./explore.ts";

async function main(): Promise<void> {
  const options = readOptions(Deno.args, (name) => Deno.env.get(name));
  if (options === null) return;
  const stopping = new AbortController();
  stopOnSignals(() => stopping.abort());
  await explore(options, { signal: stopping.signal, say: (line) => console.error(line) });
}

if (import.meta.main) {
  try {
    await main();
    Deno.exit(0);
  } catch (error) {
    // What a person can act on is one line; everything else is a bug, and keeps its trace.
    console.error(error instanceof Failure ? `explore: ${error.message}` : error);
    Deno.exit(error instanceof Failure ? error.exitCode : 1);
  }
}
