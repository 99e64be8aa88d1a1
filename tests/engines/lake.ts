/**
 * Makes a lake for other engines. It has edits, copies, deletes, late records and opt-outs, and is
 * compacted twice.
 *
 * @module
 */
import type { Env } from "../../common/env.ts";
import { compact } from "../../lake/table/compact.ts";
import { land } from "../../lake/testing/toots.ts";
import type { Toot } from "../../record/record.ts";
import { gone, START, toot } from "../../record/testing/toot.ts";

const DAY = 86_400_000;
const HOUR = 3_600_000;
const APPS = ["Tusky", "Ivory", null, "Web", ""];
const LANGUAGES = ["en", "de", "ja", "unknown"];
const TEXTS = ["Bread again", "early BREAD", "nothing", "so early"];

/**
 * Makes toot `n` of a day. Its fields are computed from the day and `n`, except those in `more`.
 */
function made(day: number, n: number, more: Partial<Toot> = {}): Toot {
  const id = day * 1_000 + n;
  const author = `author${id % 17}`;
  return toot(id, {
    posted_at: START + day * DAY + (n % 24) * HOUR + n * 1_000,
    app: APPS[n % 5]!,
    bot: n % 7 === 0,
    language: LANGUAGES[n % 4]!,
    username: author,
    author: `@${author}@a.example`,
    author_key: `key of ${author}`,
    characters: (n * 13) % 260,
    words: n % 40,
    mastodon_text: `${TEXTS[n % 4]} ${id}`,
    ...more,
  });
}

/** Writes the lake and compacts it. `step` is called between the steps of the second compaction. */
export async function engineLake(
  location: string,
  env: Env,
  step: (name: string) => void | Promise<void> = () => {},
): Promise<void> {
  // These days are in three months: 0 to 2 in January, 40 in February, 75 in March.
  for (const day of [0, 1, 2, 40, 75]) {
    await land(
      location,
      [
        ...Array.from({ length: 200 }, (_, n) => made(day, n)),
        made(day, 3, {
          edited_at: START + 80 * DAY,
          mastodon_text: "edited bread",
          characters: 12,
        }),
        made(day, 4, { base_url: "https://b.example", status_id: String(day * 1_000 + 4) }),
      ],
      [gone(day * 1_000 + 5)],
    );
  }
  await compact({ location, env });
  await land(
    location,
    [
      made(1, 200, { mastodon_text: "late bread" }),
      made(40, 6, { edited_at: START + 81 * DAY, language: "fr", characters: 7 }),
      // The author opts out, so this toot has no text, names or address.
      made(2, 201, { ...WITHHELD, author_key: "key of author9", posted_at: START + 2 * DAY }),
    ],
    [gone(7), gone(75_008), gone(2_009, "https://b.example")],
  );
  await compact({ location, env, step });
}

const WITHHELD: Partial<Toot> = {
  withheld: "noindex",
  home: true,
  ...{ mastodon_text: null, username: null, author: null, url: null, hashtags: null },
};
