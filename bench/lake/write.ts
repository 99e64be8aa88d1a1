/**
 * Writes one part of a large lake as a separate partition.
 *
 * Usage: `deno run -A bench/lake/write.ts LOCATION TOOTS ROWS PART OF`
 *
 * @module
 */
import { writeLake } from "./layouts.ts";
import { heardToots } from "./toots.ts";

const [toots, rows, index, of] = Deno.args.slice(1).map(Number) as [number, number, number, number];
await writeLake(Deno.args[0]!, heardToots({ toots, part: { index, of } }), rows, index);
