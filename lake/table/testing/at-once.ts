/**
 * Tests a lake under concurrent use. While the lake is compacted, a sink writes, a reader queries
 * without a pause, and another process also tries to compact.
 *
 * @module
 */
import assert from "node:assert/strict";
import { openLake } from "../../engine/open.ts";
import { land } from "../../testing/toots.ts";
import { createViews } from "../../views/views.ts";
import { START, toot } from "../../../record/testing/toot.ts";
import { compact } from "../compact.ts";

/**
 * The start of a day on which the lake has no toots before the test, in milliseconds since 1970.
 */
const NEW_DAY = START + 20 * 86_400_000;

/** The reader's query. It counts the toots from before the test and those written during it. */
const QUESTION = `select
  sum(characters) filter (where created_tz < make_timestamp(${NEW_DAY * 1000}))::INTEGER as old,
  count(*) filter (where created_tz < make_timestamp(${NEW_DAY * 1000}))::INTEGER as toots,
  count(*) filter (where created_tz >= make_timestamp(${NEW_DAY * 1000}))::INTEGER as fresh
from mastodon_toot`;

interface Answer {
  old: number;
  toots: number;
  fresh: number;
}

/**
 * Compacts a lake, and checks that every answer of the reader is complete.
 *
 * @param second called at step `at` of the first compaction
 *
 * @returns the error of the first compaction; null if it succeeded
 */
export async function compactAtOnce(
  location: string,
  at: string,
  second: () => Promise<void>,
): Promise<{ error: Error | null }> {
  const reader = await openLake({ location });
  const answers: Answer[] = [];
  const ask = async () => {
    const [answer] = await reader.query<Answer>(QUESTION);
    answers.push(answer!);
    return answer!;
  };
  let written = 0;
  let done = false;
  const write = () =>
    land(location, [toot(5_000 + written, { posted_at: NEW_DAY + 1_000 * written++ })]);
  try {
    await createViews(reader);
    const before = await ask();
    const reading = (async () => {
      while (!done) await ask();
    })();
    let met = false;
    const error = await compact({
      location,
      before: "now",
      step: async (name) => {
        await write();
        if (name !== at || met) return;
        met = true;
        await second();
      },
    }).then(() => null, (error: Error) => error);
    done = true;
    await reading;
    assert.ok(met, `${at} is a step`);

    for (const [i, { old, toots, fresh }] of answers.entries()) {
      assert.deepEqual({ old, toots }, { old: before.old, toots: before.toots });
      assert.ok(fresh >= (answers[i - 1]?.fresh ?? 0) && fresh <= written);
    }
    await compact({ location, before: "now", now: () => Date.now() + 1_200_000 });
    await createViews(reader);
    assert.deepEqual(await ask(), { ...before, fresh: written });
    return { error };
  } finally {
    done = true;
    await reader.close();
  }
}
