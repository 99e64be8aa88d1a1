import assert from "node:assert/strict";
import type { Coverage } from "../../record/record.ts";
import { covered, START } from "../../record/testing/toot.ts";
import type { EngineName } from "../engine/lake.ts";
import { land, withViews } from "../testing/toots.ts";

const MINUTE = 60_000;
const span = (
  from: number,
  until: number,
  outcome: Coverage["outcome"],
  recorded: number | null = until,
): Coverage =>
  covered(0, {
    ...{ from: START + from * MINUTE, until: START + until * MINUTE, outcome },
    recorded_at: recorded === null ? null : START + recorded * MINUTE,
  });

const minutes = (location: string, engine: EngineName): Promise<string> =>
  withViews(location, async (lake) => {
    const rows = await lake.query<{ minute: Date; outcome: string }>(
      "select minute, outcome from covered_minute order by minute",
    );
    return rows.map(({ minute, outcome }) => `${(+minute - START) / MINUTE} ${outcome}`).join(", ");
  }, engine);

for (const engine of ["native", "wasm"] as const) {
  Deno.test(`the coverage views exist before any coverage is written: ${engine}`, async () => {
    await withViews(await Deno.makeTempDir(), async (lake) => {
      assert.deepEqual(await lake.query("select * from coverage"), []);
      assert.deepEqual(await lake.query("select * from covered_minute"), []);
    }, engine);
  });

  Deno.test(`each minute shows its worst outcome, unless the loss was filled later: ${engine}`, async () => {
    const location = await Deno.makeTempDir();
    await land(location, [], [], "mastodon-topic", [
      span(0, 2.5, "covered"), // Up to the middle of minute 2.
      span(2.5, 5, "lost"),
      span(3, 4, "filled", 7), // All of minute 3, and nothing of minutes 2 and 4.
      span(5, 6, "filled"),
      span(5.2, 6, "covered"),
      span(0, 9, "counted"),
    ]);
    // The same record is written again, because a sink may write a record twice.
    await land(location, [], [], "mastodon-topic", [span(5, 6, "filled")]);
    assert.equal(
      await minutes(location, engine),
      "0 covered, 1 covered, 2 lost, 3 filled, 4 lost, 5 filled",
    );
  });

  Deno.test(`a month that was filled and lost is judged by the minute at once: ${engine}`, async () => {
    const location = await Deno.makeTempDir();
    const month = 31 * 24 * 60;
    await land(location, [], [], "mastodon-topic", [
      span(0, month, "filled", month + 2),
      span(0, month, "lost", month + 1),
      span(month, month + 1, "lost"),
    ]);
    await withViews(location, async (lake) => {
      const counts = await lake.query<{ outcome: string; n: bigint }>(
        "select outcome, count(*) as n from covered_minute group by all order by all",
      );
      assert.deepEqual(counts.map(({ outcome, n }) => `${n} ${outcome}`), [
        `${month} filled`,
        "1 lost",
      ]);
      const plan = JSON.stringify(await lake.query("explain from covered_minute"));
      assert.doesNotMatch(plan, /NL_JOIN|NESTED_LOOP/, "each pair of minutes would be compared");
    }, engine);
  });

  Deno.test(`a lost span counts as filled only if it was filled later: ${engine}`, async () => {
    const location = await Deno.makeTempDir();
    await land(location, [], [], "mastodon-topic", [
      span(0, 1, "filled", 2),
      span(0, 1, "lost", 3), // Another listener could not read the timeline.
      span(1, 2, "lost", 3),
      span(1, 1.5, "filled", 4),
      span(1.5, 2, "filled", 5), // In two parts.
      span(2, 3, "lost", null),
      span(2, 3, "filled", null), // A record of an earlier version, without a time of recording.
    ]);
    assert.equal(await minutes(location, engine), "0 lost, 1 filled, 2 filled");
  });
}
