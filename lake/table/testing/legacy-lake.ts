/**
 * Makes a lake as an earlier release compacted it: with a `manifest.json`, in folders by day, and
 * without field ids.
 *
 * @module
 */
import { join } from "node:path";
import { TOOT_TOPIC } from "../../../record/record.ts";
import { START } from "../../../record/testing/toot.ts";
import { writeSql } from "../../testing/toots.ts";
import { legacyPath } from "../read/legacy-manifest.ts";

const DAY = 86_400_000;

/** Makes a lake of two days, each with ten toots of `https://a.example`. */
export async function legacyLake(): Promise<string> {
  const location = await Deno.makeTempDir();
  const days: Record<string, unknown> = {};
  for (let day = 0; day < 2; day++) {
    const date = new Date(START + day * DAY).toISOString().slice(0, 10);
    const path = `compacted/${TOOT_TOPIC}/date=${date}/000001-0-${day}.zstd.parquet`;
    await writeSql(
      location,
      path,
      `select 'https://a.example/' || (${day} * 100 + n) as uri, 'https://a.example' as base_url,
        (${day} * 100 + n)::VARCHAR as status_id, case n % 2 when 0 then 'en' else 'de' end as language,
        n::INTEGER as words, (9 * n)::INTEGER as characters, 'Web' as app, n % 3 = 0 as bot,
        'early bread' as mastodon_text, 'user' || n as username, null::VARCHAR as author,
        TIMESTAMPTZ '${date} 00:00:00+00' + interval (n) minute as posted_at,
        TIMESTAMP '${date} 00:00:00' + interval (n) minute as created_tz, ['x'] as hashtags,
        'a.example' as from_instance, null::VARCHAR[] as also_at
      from range(10) as t(n)`,
    );
    days[date] = [{ path, rows: 10, bytes: (await Deno.stat(join(location, path))).size }];
  }
  const manifest = { format: 1, generation: 1, days, deletions: [], taken: {} };
  await Deno.writeTextFile(join(location, legacyPath(TOOT_TOPIC)), JSON.stringify(manifest));
  return location;
}
