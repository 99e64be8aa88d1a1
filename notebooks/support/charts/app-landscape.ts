/**
 * The chart of the apps that people post with.
 *
 * @module
 */
import { type Chart, emptyChart } from "./frame.ts";
import { ranking } from "./ranking.ts";
import { count, counted, percent } from "./label.ts";

/** The number of toots of one app. */
export interface AppRow {
  app: string;
  toots: number;
}

const NAME = "app-landscape";
const TITLE = "Which apps do people post with?";

/**
 * Draws bars of the `top` apps with the most toots.
 *
 * @param rows all apps, the most used first, without bots
 */
export function appLandscape(rows: readonly AppRow[], top = 10): Chart {
  const [first, second] = rows;
  if (!first) return emptyChart(NAME, TITLE, "No toot here names the app it was posted with.");
  const total = rows.reduce((sum, { toots }) => sum + toots, 0);
  const shown = rows.slice(0, top);
  const finding = second
    ? `${first.app} leads with ${percent(first.toots, total)} of the ` +
      `${counted(total, "toot")} that name their app, before ${second.app} with ` +
      `${percent(second.toots, total)}.`
    : `${first.app} is the only app that is named, by ${counted(first.toots, "toot")}.`;
  return ranking(
    {
      name: NAME,
      title: TITLE,
      subtitle: [
        `Toots by app, and their share of all toots that name an app, without bots; ` +
        (rows.length > top
          ? `top ${top} of ${count(rows.length)} apps`
          : counted(rows.length, "app")),
      ],
      finding,
      note:
        "Only the author's own server names the app; toots seen only elsewhere are not counted.",
    },
    shown.map(({ app, toots }) => ({ name: app, value: toots })),
    total,
  );
}
