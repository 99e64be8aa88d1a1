/**
 * Compares each chart with its stored SVG. `UPDATE_GOLDEN=1 deno test -A notebooks` rewrites the
 * stored files. Look at them before you commit them.
 */
import assert from "node:assert/strict";
import { appLandscape } from "./app-landscape.ts";
import { dailyUsage, type DayRow } from "./daily-usage.ts";
import type { Chart } from "./frame.ts";
import { languageDensity } from "./language-density.ts";
import { languageUsage } from "./language-usage.ts";
import { PALETTE } from "./palette.ts";
import { type HourRow, timeOfDay } from "./time-of-day.ts";
import { wordsOverDays } from "./words-over-days.ts";

const GOLDEN = new URL("golden/", import.meta.url);

/** Returns the `n`th of November 2026. 1 November is a Sunday. */
const day = (n: number) => new Date(Date.UTC(2026, 10, n));

/** Makes toots with a fixed rhythm: busiest at 15:00, and half as busy on weekends. */
function rhythm(days: number, cutShort = true): HourRow[] {
  const rows: HourRow[] = [];
  for (let n = 1; n <= days; n++) {
    for (let hour = 0; hour < 24; hour++) {
      if (cutShort && (n === 1 && hour < 15 || n === days && hour > 13)) continue;
      const wave = 1 + 0.7 * Math.sin((hour - 9) / 24 * 2 * Math.PI) + 0.08 * ((n * hour) % 5);
      rows.push({
        day: day(n),
        hour,
        toots: Math.round((day(n).getUTCDay() % 6 === 0 ? 60 : 120) * wave),
      });
    }
  }
  return rows;
}

function daily(hours: readonly HourRow[]): DayRow[] {
  return [...Map.groupBy(hours, (row) => row.day.getTime()).values()].map((of) => {
    const toots = of.reduce((sum, row) => sum + row.toots, 0);
    return {
      day: of[0]!.day,
      toots,
      bot_toots: Math.floor(toots / 6),
      users: Math.floor(toots / 3),
      instances: 3,
      hours: of.length,
    };
  });
}

const apps = Object.entries({
  "Web": 8123,
  "Mastodon for Android": 3321,
  "Tusky": 1804,
  "Phanpy & <friends>": 800,
  "A client whose makers could not settle on one short name for it": 300,
  "象の時計": 211,
  "Elk": 9,
  "a": 5,
  "b": 4,
  "c": 3,
  "d": 2,
}).map(([app, toots]) => ({ app, toots }));

const languages = [
  "English",
  "German",
  null,
  "中文（简体）",
  "العربية",
  "ภาษาไทย",
  "हिन्दी",
  "ქართული",
]
  .map((language, i) => ({ language, toots: Math.round(80_213 / 3 ** i) }));

const densities = languages.flatMap(({ language, toots }, i) =>
  language === null ? [] : [{
    language,
    toots,
    shortest: i + 1,
    lower: 130 - 14 * i,
    median: 150 - 15.5 * i,
    upper: 180 - 16 * i,
    longest: 199 - i,
  }]
);

const mentions = [1, 2, 3, 4, 5, 6, 7].flatMap((n) => [
  { day: day(n), word: "balloon", toots: 40 - 5 * n },
  { day: day(n), word: "地震", toots: n === 4 ? 180 : 3 },
]);

const days = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ day: day(i + 1), toots: 100 }));

/** The time at which the charts are drawn. */
const NOW = day(70).getTime();

const cases: Record<string, () => Chart> = {
  "daily-usage": () => dailyUsage(daily(rhythm(8)), NOW),
  "daily-usage-one-day": () => dailyUsage(daily(rhythm(1, false)), NOW),
  "daily-usage-two-months": () => dailyUsage(daily(rhythm(60)), NOW),
  "daily-usage-millions": () =>
    dailyUsage(daily(rhythm(8).map((row) => ({ ...row, toots: row.toots * 10_000 }))), NOW),
  "daily-usage-empty": () => dailyUsage([], NOW),
  "app-landscape": () => appLandscape(apps),
  "app-landscape-one": () => appLandscape([{ app: "Web", toots: 1 }]),
  "app-landscape-empty": () => appLandscape([]),
  "time-of-day": () => timeOfDay(rhythm(8), NOW),
  "time-of-day-one-hour": () => timeOfDay([{ day: day(1), hour: 13, toots: 1 }], NOW),
  "time-of-day-two-months": () => timeOfDay(rhythm(60), NOW),
  "time-of-day-empty": () => timeOfDay([], NOW),
  "language-usage": () => languageUsage(languages),
  "language-usage-unstated": () => languageUsage([{ language: null, toots: 12 }]),
  "language-usage-empty": () => languageUsage([]),
  "language-density": () => languageDensity(densities),
  "language-density-one": () => languageDensity(densities.slice(0, 1)),
  "language-density-empty": () => languageDensity([]),
  "words-over-days": () => wordsOverDays(mentions, ["balloon", "地震", "superbowl"], days(8), NOW),
  "words-over-days-two-months": () => wordsOverDays(mentions, ["balloon", "地震"], days(60), NOW),
  "words-over-days-silent": () => wordsOverDays([], ["a word & <more> of it"], days(1), NOW),
  "words-over-days-empty": () => wordsOverDays([], ["balloon"], [], NOW),
};

/** Cuts numbers to three decimals, because further digits differ between machines. */
const cut = (svg: string) => svg.replace(/(\d\.\d{3})\d+/g, "$1");

for (const [name, make] of Object.entries(cases)) {
  Deno.test(`chart ${name} equals the stored one`, async () => {
    const svg = `${cut(make().svg)}\n`;
    const file = new URL(`${name}.svg`, GOLDEN);
    if (Deno.env.get("UPDATE_GOLDEN")) await Deno.writeTextFile(file, svg);
    assert.equal(svg, await Deno.readTextFile(file));
  });
}

Deno.test("every chart is a complete SVG with a description and colours of the palette", () => {
  const known = new Set<string>(Object.values(PALETTE).map(({ light }) => light));
  for (const [name, make] of Object.entries(cases)) {
    const { svg, title, finding } = make();
    assert.match(svg, /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/, name);
    assert.match(svg, /role="img"/, name);
    const label = /aria-label="([^"]*)"/.exec(svg)![1]!;
    const spoken = label.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&")
      .replaceAll("&#39;", "'");
    assert.ok(spoken.startsWith(title) && spoken.endsWith(finding), `${name}: ${spoken}`);
    assert.match(finding, /^[A-Z“0-9\p{L}].*\.$/u, name);
    const painted = svg.slice(svg.indexOf("</style>"));
    for (const [, colour] of painted.matchAll(/(?:fill|stroke)="([^"]*)"/g)) {
      assert.ok(colour === "none" || known.has(colour!), `${name} paints in ${colour}`);
    }
    assert.doesNotMatch(painted, /NaN|undefined|Infinity/, name);
  }
});

Deno.test("toots with absurd dates do not make a chart slow or large", () => {
  for (const date of ["-001600-01-01", "0001-01-01", "1970-01-01", "9999-12-31"]) {
    const absurd = { day: new Date(date), hour: 3, toots: 5 };
    const hours = [absurd, ...rhythm(400)].sort((a, b) => a.day.getTime() - b.day.getTime());
    const charts = [
      dailyUsage(daily(hours), day(400).getTime()),
      timeOfDay(hours, day(400).getTime()),
      wordsOverDays(
        [{ ...absurd, word: "balloon" }, ...mentions],
        ["balloon"],
        daily(hours),
        day(400).getTime(),
      ),
    ];
    for (const { name, svg } of charts) {
      assert.ok(svg.length < 500_000, `${name} of ${date}: ${svg.length}`);
      assert.match(svg, /toots of other dates are not shown/, name);
    }
    assert.match(timeOfDay([absurd], NOW).finding, /^No toot has a date/);
  }
});

Deno.test("toots without a credible time are counted below the charts", () => {
  // The records of the original project do not say when they were observed. So a toot with an
  // impossible time has no time at all.
  const absurd = { day: null as unknown as Date, hour: 3, toots: 5 };
  const hours = [absurd, ...rhythm(20)];
  const known = daily(hours.slice(1));
  const days = [{ ...known[0]!, ...absurd }, ...known];
  const words = [{ ...absurd, word: "balloon" }, ...mentions];
  const now = day(20).getTime();
  for (
    const { svg, name } of [
      dailyUsage(days, now),
      timeOfDay(hours, now),
      wordsOverDays(words, ["balloon"], days, now),
    ]
  ) assert.match(svg, /5 toots of other dates are not shown/, name);
});

/** What a server may write into the name of an app. */
const TRICKS = "Bell\u0007 \u001b[31m \ud800 \u202eturned\u2066 \u200b\u200f\u009b \ufffe & <b>";

Deno.test("a chart is valid XML and hides no characters, whatever an app's name is", () => {
  const { svg, title, finding } = appLandscape([{ app: TRICKS, toots: 3 }]);
  for (const text of [svg, title, finding]) {
    assert.doesNotMatch(
      text,
      // deno-lint-ignore no-control-regex
      /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]|\p{Cs}/u,
    );
  }
  assert.match(svg, /&amp; &lt;b&gt;/);
  assert.match(finding, /turned/);
});

/** Computes the contrast ratio of WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(one: string, other: string): number {
  const [light, dark] = [one, other].map((hex) => {
    const [r, g, b] = [1, 3, 5].map((at) => {
      const part = parseInt(hex.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  }).sort((a, b) => b - a);
  return (light! + 0.05) / (dark! + 0.05);
}

Deno.test("text has enough contrast in light and dark", () => {
  for (const form of ["light", "dark"] as const) {
    for (const colour of [PALETTE.ink, PALETTE.muted, PALETTE.accent, PALETTE.contrast]) {
      const ratio = contrast(colour[form], PALETTE.paper[form]);
      assert.ok(ratio >= 4.5, `${colour[form]} on ${form} paper: ${ratio.toFixed(1)}`);
    }
  }
});
