// deno-lint-ignore-file no-console
/**
 * `deno task explore`: a live page over a lake. This file reads the options, starts the explorer,
 * and exits.
 *
 * @module
 */
import { endOf } from "../common/command-line.ts";
import { stopOnSignals } from "../common/stop.ts";
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
    const { output, exitCode } = endOf("explore", error);
    console.error(output);
    Deno.exit(exitCode);
  }
}
