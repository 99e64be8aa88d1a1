/**
 * The chart of the languages that people write in.
 *
 * @module
 */
import { type Chart, emptyChart } from "./frame.ts";
import { ranking } from "./ranking.ts";
import { count, counted, percent } from "./label.ts";

/** The number of toots in one language. */
export interface LanguageRow {
  /** The name of the language; null if the author's app did not state it. */
  language: string | null;
  toots: number;
}

const NAME = "language-usage";
const TITLE = "Which languages do people write in?";

/**
 * Draws bars of the `top` languages with the most toots.
 *
 * @param rows all languages, the most used first
 */
export function languageUsage(rows: readonly LanguageRow[], top = 20): Chart {
  if (rows.length === 0) return emptyChart(NAME, TITLE);
  const total = rows.reduce((sum, { toots }) => sum + toots, 0);
  const named = rows.filter(({ language }) => language !== null);
  const [first, second] = named;
  const subject = named.length > top
    ? `top ${top} of ${count(named.length)} languages`
    : counted(named.length, "language");
  const finding = first
    ? `${first.language} is written in ${percent(first.toots, total)} of ${
      counted(total, "toot")
    }` +
      (second
        ? `, ${second.language} in ${percent(second.toots, total)}, and ${
          counted(named.length, "language was", "languages were")
        } seen in all.`
        : ", and no other language was seen.")
    : `None of ${counted(total, "toot")} says which language it is written in.`;
  return ranking(
    {
      name: NAME,
      title: TITLE,
      subtitle: [
        `Toots by the language that their author's app stated, and share of all; ${subject}`,
      ],
      finding,
    },
    rows.slice(0, top).map(({ language, toots }) =>
      language === null
        ? { name: "not stated", value: toots, aside: true }
        : { name: language, value: toots }
    ),
    total,
  );
}
