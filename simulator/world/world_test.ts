import assert from "node:assert/strict";
import { startFederation, type Truth } from "../mod.ts";
import { LANGUAGES } from "./languages.ts";
import { createRhythm, liveliness } from "./rhythm.ts";
import { loadTexts } from "./texts.ts";
import { TOPICS } from "./topics.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A Friday evening. */
const NOW = Date.parse("2026-11-20T18:00:00Z");

let first: Promise<Truth[]> | undefined;
/** The week that most tests use. */
const week = () => first ??= made(1, 7 * DAY);

/** Returns the truth after some history, and two hundred more statuses with edits and deletes. */
async function made(seed: number, history: number): Promise<Truth[]> {
  const federation = await startFederation({ seed, clock: () => NOW, history });
  try {
    federation.step(200);
    return federation.truth();
  } finally {
    await federation.close();
  }
}

/** Returns the parts of a truth that do not depend on the free ports. */
const portable = ({ home: _home, ids, ...rest }: Truth) => ({ ...rest, ids: Object.values(ids) });

function tally<K>(rows: readonly Truth[], key: (row: Truth) => K): Map<K, number> {
  const counts = new Map<K, number>();
  for (const row of rows) counts.set(key(row), (counts.get(key(row)) ?? 0) + 1);
  return counts;
}

Deno.test("world: the same seed gives the same federation, another seed another", async () => {
  const [a, b, c] = [await made(1, DAY), await made(1, DAY), await made(2, DAY)];
  const text = (rows: readonly Truth[]) => JSON.stringify(rows.map(portable));
  assert.ok(text(a) === text(b), "the same day");
  assert.notDeepEqual(a.slice(0, 50).map(portable), c.slice(0, 50).map(portable));
});

Deno.test("world: a week holds more than 20,000 statuses on local timelines", async () => {
  const local = (await week()).filter(({ home }) => home !== null);
  assert.ok(local.length > 20_000, `${local.length}`);
  // A client can read even the largest server in 300 pages of 40 statuses.
  assert.ok(Math.max(...tally(local, ({ home }) => home).values()) < 12_000);
});

Deno.test("world: uses two dozen languages by weight, in at least five scripts", async () => {
  const rows = await week();
  const counts = tally(rows, ({ language }) => language);
  for (const { tag } of LANGUAGES) assert.ok(counts.get(tag)! > 20, tag);
  for (const [more, fewer] of [["en", "ja"], ["ja", "de"], ["de", "nl"], ["nl", "he"]] as const) {
    assert.ok(counts.get(more)! > counts.get(fewer)!, `${more} ${fewer}`);
  }
  const text = rows.map(({ text }) => text).join("");
  for (
    const script of ["Latin", "Han", "Hiragana", "Cyrillic", "Greek", "Arabic", "Hangul", "Thai"]
  ) {
    assert.match(text, new RegExp(`\\p{Script=${script}}{3}`, "u"), script);
  }
  assert.ok(counts.get(null)! > 100, "some clients send no language");
});

Deno.test("world: every language has the same passages, in different lengths", () => {
  const texts = loadTexts();
  const passages = texts[0]!.passages.length;
  assert.ok(passages > 40);
  const mean = new Map(texts.map(({ passages }, language) => {
    assert.equal(passages.length, texts[0]!.passages.length);
    for (const passage of passages) assert.doesNotMatch(passage, /[<>]|&\w+;|\n/);
    return [
      LANGUAGES[language]!.tag,
      passages.reduce((sum, passage) => sum + passage.length, 0) / passages.length,
    ];
  }));
  assert.ok(mean.get("zh")! * 3 < mean.get("en")!);
});

Deno.test("rhythm: people sleep at night in their own time zone, and get up later at weekends", async () => {
  const tuesday = Date.parse("2026-11-17T00:00:00Z");
  assert.ok(liveliness(tuesday + 11 * HOUR, 9) > 5 * liveliness(tuesday + 19 * HOUR, 9));
  const saturday = Date.parse("2026-11-21T07:00:00Z");
  assert.ok(liveliness(saturday, 0) < liveliness(saturday - DAY, 0) / 1.5);

  const rows = (await week()).filter(({ bot }) => !bot);
  const hours = (language: string) => {
    const counts = tally(
      rows.filter((row) => row.language === language),
      ({ posted }) => new Date(posted).getUTCHours(),
    );
    return (hour: number) => counts.get(hour) ?? 0;
  };
  const ja = hours("ja"), de = hours("de");
  // Compares eight in the evening with four at night, in Tokyo and in Berlin.
  assert.ok(ja(11) > 4 * ja(19), `${ja(11)} ${ja(19)}`);
  assert.ok(de(19) > 4 * de(3), `${de(19)} ${de(3)}`);
});

Deno.test("rhythm: times ascend, stay between their ends, and weekdays have more", () => {
  const from = Date.parse("2026-11-13T07:20:00Z");
  const times = createRhythm().times(from, from + 7 * DAY, 20_000, () => 0.5);
  for (let i = 1; i < times.length; i++) assert.ok(times[i]! >= times[i - 1]!);
  assert.ok(times[0]! >= from && times.at(-1)! <= from + 7 * DAY);
  const day = (date: string) =>
    times.filter((time) => new Date(time).toISOString().startsWith(date)).length;
  assert.ok(day("2026-11-18") > 1.08 * day("2026-11-14"));
});

Deno.test("world: apps have their shares, and only some bots post on schedule", async () => {
  const rows = await week();
  const apps = tally(rows.filter(({ bot }) => !bot), ({ app }) => app);
  const total = [...apps].reduce((sum, [app, count]) => app ? sum + count : sum, 0);
  assert.ok(apps.get("Web")! / total > 0.3 && apps.get("Web")! / total < 0.55);
  assert.ok(apps.get("Tusky")! > apps.get("Elk")!);
  assert.ok(apps.size > 15);
  const languagesOf = (app: string) =>
    tally(rows.filter((row) => row.app === app), (r) => r.language);
  assert.deepEqual([...languagesOf("SubwayTooter").keys()].filter(Boolean), ["ja"]);

  const bots = tally(rows.filter(({ bot }) => bot), ({ acct }) => acct);
  const regular = [...bots.keys()].filter((acct) => {
    const times = rows.filter((row) => row.acct === acct).map(({ posted }) => posted);
    const gaps = new Set(times.slice(1).map((time, i) => time - times[i]!));
    return times.length > 20 && gaps.size === 1 && [...gaps][0]! % (30 * 60_000) === 0;
  });
  assert.equal(regular.length, 12);
});

Deno.test("world: each topic has its day, in the words of the language and with its hashtag", async () => {
  const rows = await week();
  for (const [place, { tag }] of TOPICS.entries()) {
    const about = rows.filter(({ hashtags }) => hashtags.includes(tag));
    for (const { text, language } of about) {
      const words = LANGUAGES.filter((l) => language === null || l.tag === language)
        .map(({ topics }) => `${topics[place]}!`);
      assert.ok(words.some((word) => text!.includes(word)), text!);
    }
    const days = [...tally(about, ({ posted }) => Math.floor(posted / DAY)).values()];
    const [most] = days.toSorted((a, b) => b - a);
    // ChatGPT is a topic all week, but the other topics start and fade.
    const sharp = tag === "chatgpt" ? 1.2 : 2;
    assert.ok(most! > sharp * about.length / 7, `${tag}: ${days}`);
  }
});
