/**
 * The chart of the toots of each day.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { type Chart, emptyChart, framed } from "./frame.ts";
import { countScale } from "./count-scale.ts";
import { NO_DATE, recentDays } from "./period.ts";
import { COLOUR } from "./palette.ts";
import { count, counted, dayMonth, longDay, percent, shortCount, weekday } from "./label.ts";

/** The toots, authors and servers of one day (UTC). */
export interface DayRow {
  day: Date;
  toots: number;
  /** The toots of accounts that say that they are automated. */
  bot_toots: number;
  users: number;
  instances: number;
  /** The number of hours of the day that have toots, from 0 to 24. */
  hours: number;
}

const NAME = "daily-usage";
const TITLE = "How busy is each day?";

/** With at most this many days, each column is labelled with its number of toots. */
const ROOMY = 14;

/**
 * Draws a column for each day, with the toots of people and of bots. If there is room, the numbers of
 * authors and of servers are below.
 */
export function dailyUsage(all: readonly DayRow[], now?: number): Chart {
  if (all.length === 0) return emptyChart(NAME, TITLE);
  const { rows, note } = recentDays(all, now);
  if (rows.length === 0) return emptyChart(NAME, TITLE, NO_DATE);
  const roomy = rows.length <= ROOMY;
  const every = Math.ceil(rows.length / 8);
  const ticks = rows.map(({ day }) => day).filter((_, i) => roomy || i % every === 0);
  const busiest = rows.reduce((most, row) => row.toots > most.toots ? row : most);
  const labelled = roomy ? rows : [busiest];
  const partial = (row: DayRow) =>
    row.hours < 24 && (row === rows[0] || row === rows[rows.length - 1]);
  const parts = rows.flatMap((row) => {
    const { day, toots, bot_toots: bots } = row;
    const [people, machines] = partial(row)
      ? [COLOUR.accentPale, COLOUR.contrastPale]
      : [COLOUR.accent, COLOUR.contrast];
    return [
      { day, part: "people", value: toots - bots, colour: people },
      { day, part: "bots", value: bots, colour: machines },
    ];
  });
  const toots = rows.reduce((sum, row) => sum + row.toots, 0);
  const bots = rows.reduce((sum, row) => sum + row.bot_toots, 0);
  const scale = countScale(busiest.toots);
  const low = roomy ? 76 : 34;
  const beneath = (channel: "users" | "instances", dy: number) => [
    Plot.text(rows, {
      x: "day",
      frameAnchor: "bottom",
      text: (row: DayRow) => shortCount(row[channel]),
      dy,
      fill: COLOUR.ink,
      fontSize: 13,
      fontVariant: "tabular-nums",
    }),
    Plot.text([channel === "users" ? "authors" : "servers"], {
      frameAnchor: "bottom-left",
      textAnchor: "end",
      dx: -8,
      dy,
      fill: COLOUR.muted,
      fontSize: 13,
    }),
  ];
  return framed({
    name: NAME,
    title: TITLE,
    subtitle: [
      "Toots per day (UTC) by ",
      { text: "people", colour: COLOUR.accent },
      " and by ",
      { text: "bots", colour: COLOUR.contrast },
    ],
    finding: (rows.length === 1
      ? `${longDay(busiest.day)} is the only day, with ${counted(toots, "toot")}; `
      : `${longDay(busiest.day)} was the busiest of ${counted(rows.length, "day")}, with ` +
        `${count(busiest.toots)} of ${counted(toots, "toot")}; `) +
      `bots wrote ${percent(bots, toots)}.`,
    note: rows.some(partial) ? `Pale: only a part of the day was collected. ${note}` : note,
  }, {
    height: 300 + low,
    marginTop: 22,
    marginBottom: low,
    marginLeft: 62,
    marginRight: 6,
    x: {
      type: "band",
      domain: rows.map((row) =>
        row.day
      ),
      paddingInner: roomy ? 0.28 : 0.1,
      // A chart of a few days has narrow columns in the middle instead of wide ones.
      paddingOuter: Math.max(0.15, (6 - rows.length) / 2),
    },
    y: { domain: [0, scale.top] },
    marks: [
      Plot.gridY(scale.ticks, { stroke: COLOUR.grid, strokeOpacity: 1 }),
      Plot.axisY(scale.ticks, {
        tickSize: 0,
        tickFormat: shortCount,
        label: "toots per day",
        labelArrow: "none",
        labelAnchor: "top",
        fontSize: 13,
      }),
      Plot.barY(parts, {
        x: "day",
        y: "value",
        fill: "colour",
        z: "part",
      }),
      Plot.text(labelled, {
        x: "day",
        y: "toots",
        text: ({ toots }) => shortCount(toots),
        dy: -9,
        fill: COLOUR.ink,
        fontSize: 13,
        fontWeight: 600,
      }),
      Plot.ruleY([0], { stroke: COLOUR.muted }),
      Plot.axisX(ticks, {
        tickSize: 0,
        tickFormat: (day: Date) => roomy ? `${weekday(day)}\n${dayMonth(day)}` : dayMonth(day),
        label: null,
        fontSize: 13,
      }),
      ...(roomy ? [...beneath("users", 50), ...beneath("instances", 68)] : []),
    ],
  });
}
