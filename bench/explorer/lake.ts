/**
 * Large lakes for the explorer's benchmark. SQL generates the toots, the same ones every time. They
 * are written as raw files and compacted.
 *
 * Usage: `deno run -A bench/explorer/lake.ts LOCATION TOOTS`
 *
 * @module
 */
import { join } from "node:path";
import { openLake, TOOT_TOPIC } from "../../lake/mod.ts";
import { rawPath } from "../../lake/store/layout.ts";
import { compact } from "../../lake/table/compact.ts";

/** The number of toots in a raw file. */
const ROWS = 500_000;

/** The toots are spread over this many days. */
const DAYS = 28;

/**
 * Returns the SQL of a pseudorandom number from 0 to 1 for toot `i`. A higher power makes small
 * numbers more frequent.
 */
const chance = (salt: number, power = 1) =>
  `pow((hash(i * 97 + ${salt}) % 1000003) / 1000003, ${power})`;

/**
 * Returns the SQL of a pseudorandom whole number from 0 to `most` - 1. If `power` is above 1, small
 * numbers are the most frequent.
 */
const pick = (salt: number, most: number, power = 3) =>
  `floor(${chance(salt, power)} * ${most})::INTEGER`;

/**
 * Returns the SQL of the toots with the numbers `first` to `last` - 1, in a lake of `all` toots.
 */
function tootsSql(first: number, last: number, all: number): string {
  const seconds = DAYS * 86_400;
  const time = `timestamptz '2026-10-01 00:00:00+00' + to_milliseconds((i * ${
    Math.floor(seconds * 1000 / all)
  })::BIGINT)`;
  return `select i + 1152921504606846976 as m_id, epoch(posted_at)::INTEGER as created_at,
    strftime(posted_at::TIMESTAMP, '%Y %m %d %H:%M:%S') as created_at_str, app, url, base_url,
    language, 0 as favourites, username, bot, len(hashtags)::INTEGER as tags,
    characters, characters // 6 as words,
    repeat('all people are born free and equal ', 1 + characters // 36) || word as mastodon_text,
    url as uri, (i + 1152921504606846976)::VARCHAR as status_id, posted_at,
    posted_at + interval 700 milliseconds as observed_at, null::TIMESTAMPTZ as edited_at,
    origin, username || '@' || origin as author, 'public' as visibility, sensitive, reply,
    0 as reblogs, 0 as replies, media, hashtags, 'stream' as transport, null::VARCHAR as withheld
  from (
    select *, 'https://' || origin || '/@' || username || '/' || i as url
    from (
      select i, ${time} as posted_at,
        'server' || ${pick(1, 400)} || '.example' as origin,
        'https://hub' || ${pick(2, 3, 1)} || '.example' as base_url,
        'person' || ${pick(3, 60_000, 2)} as username,
        (['en','ja','de','fr','es','pt','zh','nl','it','ko','pl','sv','uk','tr','fi','cs'])
          [1 + ${pick(4, 16)}] as language,
        'App ' || ${pick(5, 60, 4)} as app,
        ${chance(6)} < 0.1 as bot,
        ${pick(7, 500, 1.6)} as characters,
        (['balloon','earthquake','superbowl','chatgpt'])[1 + ${pick(8, 4)}] as word,
        ${chance(9)} < 0.08 as sensitive, ${chance(10)} < 0.3 as reply,
        ${pick(11, 5, 6)} as media,
        case when ${chance(12)} < 0.5 then []::VARCHAR[]
          else ['tag' || ${pick(13, 3000, 4)}, 'topic' || ${pick(14, 300, 3)}] end as hashtags
      from range(${first}, ${last}) as numbers(i)
    )
  )`;
}

/** Writes a compacted lake with this number of toots, unless it exists already. */
export async function makeLake(location: string, toots: number): Promise<void> {
  if (await Deno.stat(join(location, "compacted")).then(() => true, () => false)) return;
  await Deno.mkdir(join(location, "topics", TOOT_TOPIC, "partition=0"), { recursive: true });
  const lake = await openLake({ location, engine: "native" });
  for (let first = 0; first < toots; first += ROWS) {
    const path = rawPath({ topic: TOOT_TOPIC, partition: 0, offset: BigInt(first) });
    await lake.exec(
      `copy (${tootsSql(first, Math.min(toots, first + ROWS), toots)})
       to '${join(location, path)}' (format parquet, compression zstd)`,
    );
  }
  await lake.close();
  await compact({ location });
}

if (import.meta.main) await makeLake(Deno.args[0]!, Number(Deno.args[1]));
