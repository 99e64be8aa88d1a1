/**
 * Reads texts and searches them for words. Texts never enter the page's database. They are read
 * from the lake for the few toots that are shown, and the search also reads the lake.
 *
 * @module
 */
import { quote } from "../../lake/engine/sql.ts";
import { Failure, type Lake } from "../../lake/mod.ts";
import type { ShownToot } from "./about.ts";
import { idSql, readableSql, SERVER_SQL } from "./columns.ts";
import type { Snapshots } from "./snapshot.ts";

/** The maximum number of toots that are shown at once. */
const MOST_TOOTS = 100;

/** The maximum number of characters of a text that the table shows. */
const MOST_CHARACTERS = 600;

/**
 * The rows of the lake, joined with the numbers of their files. The ids of toots contain these
 * numbers.
 */
const PLACED = "lake.standing as toot join explorer.file as place using (file)";
const ID = idSql("place.n", "toot.file_row");

/**
 * Reads the toots with the given ids, in the same order. If `texts` is false, their texts are null.
 *
 * @throws {Failure} if `given` is not a list of at most {@linkcode MOST_TOOTS} ids, or if reading
 * takes too long
 */
export async function shownToots(
  { database, lake, limits }: Pick<Snapshots, "database" | "lake" | "limits">,
  given: unknown,
  texts: boolean,
): Promise<ShownToot[]> {
  const ids = given as readonly string[];
  if (
    !Array.isArray(given) || given.length > MOST_TOOTS ||
    !given.every((id) => typeof id === "string" && /^\d{1,19}$/.test(id))
  ) {
    throw new Failure(`expected at most ${MOST_TOOTS} ids of toots`, { exitCode: 2 });
  }
  if (ids.length === 0) return [];
  const list = ids.join(", ");
  const reader = await database.own(
    `select epoch_ms(min(time)) as first, epoch_ms(max(time)) as last from toot where id in (${list})`,
  );
  const [first, last] = reader.getRows()[0] as [bigint | null, bigint | null];
  // The range of times lets DuckDB skip nearly all files and row groups.
  const within = first === null || last === null
    ? "true"
    : `created_tz between epoch_ms(${first}) and epoch_ms(${last + 1n})`;
  const numbers = [...new Set(ids.map((id) => BigInt(id) >> 32n))].join(", ");
  const files = await lake.query<{ file: string }>(
    `select file from explorer.file where n in (${numbers})`,
  );
  const names = files.map(({ file }) => quote(file)).join(", ") || "null";
  const rows = await lake.query<ShownToot & { time: Date }>(
    `select ${ID}::VARCHAR as id, created_tz as time,
      case when withheld is null then ${readableSql("author")} end as author,
      ${SERVER_SQL} as server,
      case when withheld is null and regexp_matches(url, '^https?://') then url end as url,
      ${
      texts ? `case when withheld is null then left(mastodon_text, ${MOST_CHARACTERS}) end` : "null"
    }
        as text,
      coalesce(language_name, nullif(language, 'unknown')) as language, app,
      withheld is not null as withheld, bot
    from ${PLACED} left join language on toot.language = language.lang_iso
    where ${within} and toot.file in (${names}) and ${ID} in (${list})`,
    {},
    limits.time,
  );
  const place = new Map(ids.map((id, at) => [id, at]));
  return rows.map((row) => ({ ...row, time: Number(row.time) }))
    .sort((a, b) => place.get(a.id)! - place.get(b.id)!);
}

/** The maximum number of words that are remembered, and of searches that run at the same time. */
const MOST_WORDS = 20;

/** The number of searches that run in each lake. Each search reads all texts. */
const searching = new WeakMap<Lake, number>();

/**
 * Finds the toots whose text contains a word, in upper or lower case, so that the page can filter
 * by it. Returns the number of toots.
 *
 * @throws {Failure} if the word is too short, too long or too frequent, if the search takes too long,
 * or if too many words are being searched for
 */
export function findWord(snapshots: Snapshots, word: string): Promise<number> {
  const wanted = word.toLowerCase();
  if (wanted.trim().length < 2 || wanted.length > 60) {
    throw new Failure("a word has 2 to 60 characters", { exitCode: 2 });
  }
  const { words, lake } = snapshots;
  const known = words.get(wanted);
  if (known) return known;
  const running = searching.get(lake) ?? 0;
  if (running >= MOST_WORDS) {
    throw new Failure("too many words are being searched for; try again later");
  }
  searching.set(lake, running + 1);
  if (words.size >= MOST_WORDS) {
    const [oldest] = words.keys();
    words.delete(oldest!);
    snapshots.database.own("delete from word where word = $word", { word: oldest! }).catch(
      () => {},
    );
  }
  const finding = search(snapshots, wanted);
  words.set(wanted, finding);
  finding.catch(() => words.delete(wanted))
    .finally(() => searching.set(lake, searching.get(lake)! - 1));
  return finding;
}

async function search({ lake, database, limits }: Snapshots, word: string): Promise<number> {
  const { hits, wordTime } = limits;
  const rows = await lake.query<{ id: bigint }>(
    `select ${ID} as id from ${PLACED}
    where withheld is null and contains(lower(mastodon_text), $word) limit ${hits + 1}`,
    { word },
    wordTime,
  );
  if (rows.length > hits) {
    // A more frequent word would be a useless filter.
    throw new Failure(`more than ${hits} toots contain '${word}'; use a rarer word`);
  }
  await database.putWord(word, rows.map(({ id }) => id));
  return rows.length;
}
