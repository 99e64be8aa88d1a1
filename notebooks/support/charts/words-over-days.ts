/**
 * The chart of words and the days on which they are used.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { type Chart, emptyChart, framed } from "./frame.ts";
import { NO_DATE, recentDays } from "./period.ts";
import { COLOUR } from "./palette.ts";
import {
  counted,
  dayMonth,
  fitText,
  listed,
  longDay,
  shortCount,
  textWidth,
  weekday,
} from "./label.ts";

/** The number of toots of one day that contain one word. */
export interface MentionRow {
  day: Date;
  word: string;
  toots: number;
}

const NAME = "words-over-days";
const TITLE = "Which words come up, and when?";
const SIZE = 13;
const BAND = 74;

/** With at most this many days, each bar is labelled with its number of toots. */
const ROOMY = 16;

/**
 * Draws a row for each word and a column for each day, all on one scale.
 *
 * @param all the mentions; a day on which a word is not mentioned needs no row
 * @param words the words, in the order in which they are shown
 * @param days every day of the lake with its number of toots, in order
 */
export function wordsOverDays(
  all: readonly MentionRow[],
  words: readonly string[],
  days: readonly { day: Date; toots: number }[],
  now?: number,
): Chart {
  if (words.length === 0) return emptyChart(NAME, TITLE, "No words to look for: set WORDS.");
  if (days.length === 0) return emptyChart(NAME, TITLE);
  const { rows: shown, note } = recentDays(days, now);
  if (shown.length === 0) return emptyChart(NAME, TITLE, NO_DATE);
  const domain = shown.map(({ day }) => day);
  const times = new Set(domain.map((day) => day.getTime()));
  const rows = all.filter(({ day }) => day !== null && times.has(day.getTime()));
  const totals = new Map(words.map((word) => [
    word,
    rows.reduce((sum, row) => row.word === word ? sum + row.toots : sum, 0),
  ]));
  const peak = rows.reduce<MentionRow | undefined>(
    (most, row) => row.toots > (most?.toots ?? 0) ? row : most,
    undefined,
  );
  const silent = words.filter((word) => totals.get(word) === 0);
  const roomy = domain.length <= ROOMY;
  const every = Math.ceil(domain.length / 8);
  const ticks = domain.filter((_, i) => roomy || i % every === 0);
  const busiest = [...Map.groupBy(rows, ({ word }) => word).values()].map((of) =>
    of.reduce((most, row) => row.toots > most.toots ? row : most)
  );
  const top = Math.max(1, peak?.toots ?? 0);
  const names = words.map((word) => ({ word, total: totals.get(word)! }));
  const longest = Math.max(...words.map((word) => 1.12 * textWidth(word, 15)), 84);
  const found = peak &&
    `“${peak.word}” came up most on ${longDay(peak.day)}, in ` +
      `${counted(peak.toots, "toot")}` +
      (silent.length > 0 ? `; nobody mentioned ${listed(silent.map((w) => `“${w}”`))}.` : ".");
  return framed({
    name: NAME,
    title: TITLE,
    subtitle: ["Toots per day (UTC) with the word, all on one scale"],
    finding: found ??
      `Nobody mentioned ${listed(words.map((word) => `“${word}”`))} in these ` +
        `${counted(domain.length, "day")}.`,
    note,
  }, {
    height: words.length * BAND + 42,
    marginTop: 0,
    marginBottom: 42,
    marginLeft: Math.ceil(Math.min(longest, 200)) + 20,
    marginRight: 6,
    x: {
      type: "band",
      domain,
      paddingInner: roomy ? 0.28 : 0.1,
      paddingOuter: Math.max(0.15, (6 - domain.length) / 2),
    },
    // There is room above the highest column for its number.
    y: { domain: [0, top * 1.35], axis: null },
    fy: { domain: words, padding: 0, axis: null },
    facet: { marginTop: 0 },
    marks: [
      Plot.ruleY(names, { y: 0, fy: "word", stroke: COLOUR.grid }),
      Plot.barY(rows, { x: "day", y: "toots", fy: "word", fill: COLOUR.accent }),
      Plot.text(roomy ? rows : busiest, {
        x: "day",
        y: "toots",
        fy: "word",
        text: ({ toots }) => shortCount(toots),
        dy: -8,
        fill: COLOUR.ink,
        fontSize: 12,
        fontVariant: "tabular-nums",
      }),
      Plot.text(names, {
        fy: "word",
        frameAnchor: "bottom-left",
        text: ({ word }) => fitText(word, 180, 15),
        textAnchor: "end",
        dx: -14,
        dy: -18,
        fill: COLOUR.ink,
        fontSize: 15,
        fontWeight: 700,
      }),
      Plot.text(names, {
        fy: "word",
        frameAnchor: "bottom-left",
        text: ({ total }) => total === 0 ? "no mention" : counted(total, "toot"),
        textAnchor: "end",
        dx: -14,
        dy: -1,
        fill: COLOUR.muted,
        fontSize: SIZE,
      }),
      Plot.axisX(ticks, {
        facetAnchor: "bottom",
        tickSize: 0,
        tickFormat: (day: Date) => roomy ? `${weekday(day)}\n${dayMonth(day)}` : dayMonth(day),
        label: null,
        fontSize: SIZE,
      }),
    ],
  });
}
