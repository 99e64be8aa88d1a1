/**
 * Tests mutated statuses, frames and pages. Every input must become a record, be left out, or
 * become a dead letter, and nothing may throw.
 *
 * `deno task fuzz` tries a million inputs; `FUZZ=5000000 FUZZ_SEED=7 deno test -A
 * tests/fuzz_test.ts` tries more and different ones.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createViews, openLake } from "../lake/mod.ts";
import { accountOf, replay } from "../listener/replay/replay.ts";
import { collectIntoLake } from "./fuzz/into-lake.ts";
import { createMutator } from "./fuzz/mutate.ts";
import { createRandom } from "./fuzz/random.ts";
import { honestStatuses, renumber } from "./fuzz/statuses.ts";

const COUNT = Number(Deno.env.get("FUZZ") ?? 4_000);
const SEED = Number(Deno.env.get("FUZZ_SEED") ?? 1);
/**
 * The number of lines of one replay: enough for many batches, but few enough to find a line that
 * fails.
 */
const CHUNK = 20_000;

const streamOf = (lines: readonly string[]) =>
  new Blob([lines.map((line) => `${line}\n`).join("")]).stream();

Deno.test(`fuzz: each of ${COUNT} mutated lines is accounted for, and the view can be read`, async () => {
  const random = createRandom(SEED);
  const mutator = createMutator(random);
  const statuses = await honestStatuses(SEED);
  for (let left = COUNT, chunk = 0; left > 0; left -= CHUNK, chunk++) {
    const folder = await Deno.makeTempDir();
    try {
      const lines = Array.from(
        { length: Math.min(CHUNK, left) },
        (_, i) => mutator.line(renumber(random.pick(statuses), random.below(2 * i + 2))),
      );
      const { collector, totals, finish } = await collectIntoLake(
        folder,
        (["none", "opt-out", "opt-in"] as const)[chunk % 3]!,
      );
      const { signal } = new AbortController();
      const input = streamOf(lines);
      const read = await replay({ collector, input, baseURL: null, totals, signal });
      const records = await finish();
      const account = accountOf(totals);
      const sum = Object.values(account).reduce((sum, count) => sum + count, 0);
      assert.equal(read, lines.length);
      assert.equal(sum, lines.length, JSON.stringify(account));
      assert.equal(records.toots, account.toots);
      assert.ok(account.toots! > lines.length / 10, "most mutations leave a status behind");
      assert.ok(account["dead letters"]! > lines.length / 50, "and some do not");
      await readViews(`${folder}/lake`, records.toots);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }
});

/** Reads every column of the views. */
async function readViews(location: string, toots: number): Promise<void> {
  const lake = await openLake({ location });
  try {
    await createViews(lake);
    const [raw] = await lake.query<{ rows: bigint }>(
      "select count(*) as rows from mastodon_toot_raw",
    );
    assert.equal(Number(raw!.rows), toots);
    const [all] = await lake.query<{ rows: bigint; latest: Date }>(
      "select count(*) as rows, max(posted_at) as latest from (select distinct * from mastodon_toot)",
    );
    assert.ok(Number(all!.rows) > 0);
    assert.ok(all!.latest.getTime() < Date.now() + 2 * 86_400_000, `${all!.latest}`);
  } finally {
    await lake.close();
  }
}
