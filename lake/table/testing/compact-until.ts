/**
 * Compacts a lake, and kills its own process at a given step, as in a power cut.
 *
 * `deno run -A compact-until.ts LAKE N` prints each step that it reaches, and kills itself at the
 * Nth one.
 *
 * @module
 */
import { compact } from "../compact.ts";

const [location, until] = Deno.args;
let steps = 0;
await compact({
  location: location!,
  step: (name) => {
    Deno.stdout.writeSync(new TextEncoder().encode(`${name}\n`));
    if (++steps === Number(until)) Deno.kill(Deno.pid, "SIGKILL");
  },
});
