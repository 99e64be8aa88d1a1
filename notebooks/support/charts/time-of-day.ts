/**
 * The chart of the times at which people write.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { type Chart, emptyChart, framed } from "./frame.ts";
import { countScale } from "./count-scale.ts";
import { NO_DATE, recentDays } from "./period.ts";
import { spread } from "./spread.ts";
import { COLOUR } from "./palette.ts";
import { average, counted, dayMonth, isWeekend, longDay, shortCount, weekday } from "./label.ts";

/** The number of toots in one hour of one day. */
export interface HourRow {
  day: Date;
  /** The hour, from 0 to 23, UTC. */
  hour: number;
  toots: number;
}

const NAME = "time-of-day";
const TITLE = "When do people write?";
const HEIGHT = 380;

/** With at most this many days, each line is labelled with its day. */
const ROOMY = 10;

const HOUR = 3_600_000;
const at = ({ day, hour }: HourRow) => day.getTime() + hour * HOUR;
const clock = (hour: number) => `${String(hour).padStart(2, "0")}:00`;

/**
 * Returns the hours from the first to the last one with toots, including hours without toots. If
 * there are more than three, the first and the last are left out, because a stream rarely starts or
 * ends on the hour, and a part of an hour would look like a quiet hour.
 */
function wholeHours(rows: readonly HourRow[]): HourRow[] {
  const seen = new Map(rows.map((row) => [at(row), row]));
  const times = [...seen.keys()];
  const last = times.reduce((a, b) => Math.max(a, b));
  const all: HourRow[] = [];
  for (let time = times.reduce((a, b) => Math.min(a, b)); time <= last; time += HOUR) {
    const hour = new Date(time).getUTCHours();
    all.push(seen.get(time) ?? { day: new Date(time - hour * HOUR), hour, toots: 0 });
  }
  return all.length > 3 ? all.slice(1, -1) : all;
}

/**
 * Returns the median number of toots of each hour of the day, over all weekdays or over all weekend
 * days.
 */
function typical(rows: readonly HourRow[], weekend: boolean) {
  const some = rows.filter(({ day }) => isWeekend(day) === weekend);
  return [...Map.groupBy(some, ({ hour }) => hour)].map(([hour, of]) => {
    const counts = of.map(({ toots }) => toots).sort((a, b) => a - b);
    return { day: of[0]!.day, hour, toots: counts[Math.floor(counts.length / 2)]! };
  }).sort((a, b) => a.hour - b.hour);
}

/** Draws a line for each day over the hours. Weekends have a colour of their own. */
export function timeOfDay(all: readonly HourRow[], now?: number): Chart {
  if (all.length === 0) return emptyChart(NAME, TITLE);
  const { rows, note } = recentDays(all, now);
  if (rows.length === 0) return emptyChart(NAME, TITLE, NO_DATE);
  const hours = wholeHours(rows);
  const days = [...Map.groupBy(hours, ({ day }) => day.getTime()).values()];
  const roomy = days.length <= ROOMY;
  const peak = hours.reduce((most, row) => row.toots > most.toots ? row : most);
  const colour = ({ day }: HourRow) => isWeekend(day) ? COLOUR.contrast : COLOUR.accent;
  const marginTop = 26;
  const bottom = HEIGHT - 46;
  const scale = countScale(peak.toots);
  const place = (toots: number) => bottom - (bottom - marginTop) * toots / scale.top;
  const ends = days.map((day) => day[day.length - 1]!);
  // A day whose line ends at 23:00 has its name in the margin. Any other day has its name above the
  // end of its line.
  const whole = ends.filter(({ hour }) => hour === 23);
  const places = spread(whole.map(({ toots }) => place(toots)), 16, bottom);
  const name = ({ day }: HourRow) => `${weekday(day)} ${dayMonth(day)}`;
  const shared = { fontSize: 12.5, textAnchor: "start" as const, fontWeight: 600 };
  return framed({
    name: NAME,
    title: TITLE,
    subtitle: [
      "Toots per hour, one line per day: ",
      { text: "weekdays", colour: COLOUR.accent },
      " and ",
      { text: "weekends", colour: COLOUR.contrast },
      roomy ? "" : "; bold: their median",
    ],
    finding: `The busiest hour began at ${clock(peak.hour)} UTC on ${longDay(peak.day)}, with ` +
      `${counted(peak.toots, "toot")}; the average hour had ` +
      `${average(hours.reduce((sum, { toots }) => sum + toots, 0) / hours.length)}.`,
    note: hours.length < rows.length
      ? `The first and the last hour are left out, because they are incomplete. ${note}`
      : note,
  }, {
    height: HEIGHT,
    marginTop,
    marginBottom: 46,
    marginLeft: 56,
    marginRight: roomy ? 90 : 12,
    x: { domain: [0, roomy ? 23.4 : 23] },
    y: { domain: [0, scale.top] },
    marks: [
      Plot.gridY(scale.ticks, { stroke: COLOUR.grid, strokeOpacity: 1 }),
      Plot.axisY(scale.ticks, {
        tickSize: 0,
        tickFormat: shortCount,
        label: "toots per hour",
        labelArrow: "none",
        fontSize: 13,
      }),
      Plot.ruleY([0], { stroke: COLOUR.muted }),
      Plot.axisX([0, 3, 6, 9, 12, 15, 18, 21], {
        tickFormat: clock,
        tickSize: 5,
        label: "hour of the day (UTC)",
        labelAnchor: "center",
        labelArrow: "none",
        labelOffset: 42,
        fontSize: 13,
      }),
      Plot.line(hours, {
        x: "hour",
        y: "toots",
        z: ({ day }) => day.getTime(),
        stroke: colour,
        strokeWidth: roomy ? 2 : 1,
        strokeOpacity: roomy ? 0.85 : Math.max(0.12, 9 / days.length),
        curve: "monotone-x",
      }),
      ...(roomy ? [] : [false, true].map((weekend) =>
        Plot.line(typical(hours, weekend), {
          x: "hour",
          y: "toots",
          z: null,
          stroke: weekend ? COLOUR.contrast : COLOUR.accent,
          strokeWidth: 4,
          curve: "monotone-x",
        })
      )),
      // A day with only one hour is a point, not a line.
      Plot.dot(days.filter((day) => day.length === 1).map((day) => day[0]!), {
        x: "hour",
        y: "toots",
        fill: colour,
        r: 3,
      }),
      ...(roomy
        ? [
          ...whole.flatMap((end, i) => {
            const dy = places[i]! - place(end.toots);
            const fill = colour(end);
            return [
              Plot.link([end], {
                x1: 23,
                x2: 23.4,
                y1: "toots",
                y2: end.toots - dy * scale.top / (bottom - marginTop),
                stroke: fill,
                strokeOpacity: 0.5,
              }),
              Plot.text([end], { x: 23.4, y: "toots", text: name, dx: 4, dy, fill, ...shared }),
            ];
          }),
          Plot.text(ends.filter(({ hour }) => hour < 23), {
            x: "hour",
            y: "toots",
            text: name,
            dy: -12,
            fill: colour,
            stroke: COLOUR.paper,
            strokeWidth: 4,
            ...shared,
            textAnchor: "middle",
          }),
        ]
        : []),
    ],
  });
}
