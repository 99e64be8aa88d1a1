/**
 * Writes toots into a lake through the listener's sink until the process is killed.
 *
 * `deno run -A write-until.ts LAKE DATA FIRST`: batch `n` holds toots `10 n` to `10 n + 9`,
 * starting with batch FIRST. It prints `took n` and `durable n`.
 *
 * @module
 */
import { openLakeSink } from "../lake.ts";
import { gone, toot } from "../../../record/testing/toot.ts";

const [location, data, first] = Deno.args;
const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
const sink = await openLakeSink(
  { location: location!, data: data!, rows: 50 },
  (seq) => say(`durable ${seq}`),
);
for (let seq = Number(first); seq < 100_000; seq++) {
  const toots = Array.from({ length: 10 }, (_, n) => toot(10 * seq + n));
  await sink.write({ seq, toots, deletions: seq % 3 === 0 ? [gone(10 * seq)] : [], coverage: [] });
  say(`took ${seq}`);
}
