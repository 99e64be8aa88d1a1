/**
 * Small lakes for the explorer's tests.
 *
 * @module
 */
import { rawPath } from "../../lake/store/layout.ts";
import { quote } from "../../lake/engine/sql.ts";
import { writeSql } from "../../lake/testing/toots.ts";
import { TOOT_TOPIC } from "../../lake/mod.ts";

/** The properties of a toot that tests set. All others are invented. */
export interface TestToot {
  /** When it was posted, in milliseconds since 1970. Default: toot `n` is `n` minutes after START. */
  readonly time?: number;
  /** When it arrived. Default: half a second after `time`. */
  readonly observed?: number;
  readonly text?: string | null;
  readonly author?: string | null;
  readonly language?: string;
  readonly app?: string | null;
  readonly origin?: string | null;
  readonly hashtags?: readonly string[];
  readonly bot?: boolean;
  readonly characters?: number;
  readonly withheld?: string | null;
  readonly url?: string | null;
}

/** When toot 0 was posted: a Monday, 00:00. */
export const START = Date.UTC(2026, 5, 1);

const text = (value: string | null) => value === null ? "null" : quote(value);

/** Writes toots as a raw file of a lake. `first` is the number of the first toot. */
export async function writeToots(
  location: string,
  first: number,
  toots: readonly TestToot[],
): Promise<void> {
  const rows = toots.map((toot, at) => {
    const n = first + at;
    const time = toot.time ?? START + n * 60_000;
    const { author = `person${n % 7}@a.example`, app = "Web", origin = "a.example" } = toot;
    const { hashtags = [], language = "en", withheld = null, characters = 40 } = toot;
    const url = toot.url === undefined ? `https://a.example/@person/${n}` : toot.url;
    return `(${n}, ${time / 1000 | 0}, ${text(app)}, ${text(url)}, ${text(language)},
      ${toot.bot ?? false}, ${characters}, ${
      text(toot.text === undefined ? `text ${n}` : toot.text)
    },
      'https://a.example/statuses/${n}', '${n}', epoch_ms(${time})::TIMESTAMPTZ,
      epoch_ms(${toot.observed ?? time + 500})::TIMESTAMPTZ, ${text(origin)}, ${text(author)},
      [${hashtags.map(text).join(", ")}]::VARCHAR[], ${text(withheld)})`;
  });
  const path = rawPath({ topic: TOOT_TOPIC, partition: 0, offset: BigInt(first) });
  await writeSql(
    location,
    path,
    `select *, 'https://a.example' as base_url, 0 as favourites, false as sensitive,
      n % 3 = 0 as reply, n % 4 as media, 'stream' as transport, 'public' as visibility
    from (values ${rows.join(", ")}) as t(n, created_at, app, url, language, bot, characters,
      mastodon_text, uri, status_id, posted_at, observed_at, origin, author, hashtags, withheld)`,
  );
}

/** A coverage record of a test: a span of a timeline, and whether it was covered. */
export interface TestCoverage {
  readonly server: string;
  /** The start and the end of the span, in milliseconds since 1970. */
  readonly from: number;
  readonly until: number;
  readonly outcome: "covered" | "lost";
  /** Why the span was lost. Default: null. */
  readonly cause?: string;
}

/** Writes the coverage records of a lake. */
export async function writeCoverage(
  location: string,
  coverage: readonly TestCoverage[],
): Promise<void> {
  const rows = coverage.map(({ server, from, until, outcome, cause = null }) =>
    `(${quote(`https://${server}`)}, epoch_ms(${from})::TIMESTAMPTZ,
      epoch_ms(${until})::TIMESTAMPTZ, ${quote(outcome)}, ${text(cause)})`
  );
  const path = rawPath({ topic: "mastodon-coverage-topic", partition: 0, offset: 0n });
  await writeSql(
    location,
    path,
    `select *, 'local' as timeline, 'stream' as transport, 0 as statuses
    from (values ${rows.join(", ")}) as t(base_url, "from", until, outcome, cause)`,
  );
}

/** Creates a lake with some toots, and removes it after `work`. */
export async function withLake(
  toots: readonly TestToot[],
  work: (location: string) => Promise<void>,
): Promise<void> {
  const location = await Deno.makeTempDir({ prefix: "lake-" });
  try {
    if (toots.length > 0) await writeToots(location, 0, toots);
    await work(location);
  } finally {
    await Deno.remove(location, { recursive: true });
  }
}

/** Returns toots in three languages, one every ten minutes. By default, they span 100 hours. */
export function fewDays(n = 600): TestToot[] {
  return Array.from({ length: n }, (_, i) => ({
    time: START + i * 10 * 60_000,
    language: i % 2 === 0 ? "en" : i % 3 === 0 ? "ja" : "de",
    app: i % 5 === 0 ? null : i % 2 === 0 ? "Web" : "Tusky",
    origin: i % 11 === 0 ? "b.example" : "a.example",
    author: `person${i % 40}@a.example`,
    hashtags: i % 5 === 0 ? ["caturday"] : i % 7 === 0 ? ["photo", "sea"] : [],
    bot: i % 9 === 0,
    characters: (i * 37) % 520,
    text: i % 50 === 0 ? "a red balloon" : `text ${i}`,
    ...(i % 25 === 1
      ? { withheld: "noindex", author: null, text: null, url: null, origin: null, app: null }
      : {}),
  }));
}
