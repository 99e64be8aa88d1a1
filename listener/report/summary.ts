/**
 * The state of a run in one line, and its totals in a table.
 *
 * @module
 */
import { type Count, type ServerTotals, sum, type Totals } from "./totals.ts";

const number = (value: number) => Math.round(value).toLocaleString("en");

/**
 * Formats the state of a run as one line.
 *
 * @param rate toots per second since the previous status line
 *
 * @example
 * ```ts
 * import { statusText } from "./summary.ts";
 * import { createTotals, serverTotals } from "./totals.ts";
 *
 * const totals = createTotals(0);
 * serverTotals(totals, "https://bread.example").toots = 1234;
 * const text = statusText(totals, 12.34);
 * if (!text.startsWith("12.3 toots/s, 1,234 toots from 1 server, 0 gaps")) throw new Error(text);
 * ```
 */
export function statusText(totals: Totals, rate: number): string {
  const speed = rate < 100 ? (Math.round(rate * 10) / 10).toFixed(1) : number(rate);
  const count = (name: Count, one: string, many = `${one}s`) => {
    const value = sum(totals, name);
    return `${number(value)} ${value === 1 ? one : many}`;
  };
  const servers = totals.servers.size;
  return `${speed} toots/s, ${count("toots", "toot")} from ${servers} ` +
    `${servers === 1 ? "server" : "servers"}, ${count("gaps", "gap")} ` +
    `(${number(sum(totals, "filled"))} filled), ${count("duplicates", "duplicate")}, ` +
    `${number(sum(totals, "withheld"))} withheld, ${count("deadLetters", "dead letter")}`;
}

/** Returns the counts of a run, for a log line in JSON. */
export function statusFields(totals: Totals): Record<string, unknown> {
  const servers = Object.fromEntries(totals.servers);
  return { servers, sinks: totals.sinks, waiting: totals.waiting, pending: totals.pending };
}

const COLUMNS: [title: string, count: Count][] = [
  ["toots", "toots"],
  ["withheld", "withheld"],
  ["duplicates", "duplicates"],
  ["boosts", "boosts"],
  ["not public", "notPublic"],
  ["odd times", "oddTimes"],
  ["deletes", "deletes"],
  ["gaps", "gaps"],
  ["filled", "filled"],
  ["dead letters", "deadLetters"],
];

/** The maximum number of servers that have their own line in the table. The others share a line. */
const SHOWN = 12;

/**
 * Formats the totals of a run as a table: one line per server, the busiest first, and one for all.
 * Columns with only zeros are left out.
 *
 * @example
 * ```ts
 * import { totalsTable } from "./summary.ts";
 * import { createTotals, serverTotals } from "./totals.ts";
 *
 * const totals = createTotals(0);
 * serverTotals(totals, "https://bread.example").toots = 1234;
 * if (!totalsTable(totals).includes("bread.example  1,234")) throw new Error();
 * ```
 */
export function totalsTable(totals: Totals): string {
  const columns = COLUMNS.filter(([, count]) => count === "toots" || sum(totals, count) > 0);
  const busiest = [...totals.servers].sort(([, a], [, b]) => b.toots - a.toots);
  const row = (name: string, counts: (count: Count) => number) => [
    name,
    ...columns.map(([, count]) => number(counts(count))),
  ];
  const rows = busiest.slice(0, SHOWN).map(([baseURL, server]) =>
    row(nameOf(baseURL, server), (count) => server[count])
  );
  const others = busiest.slice(SHOWN);
  if (others.length > 0) {
    const total = (count: Count) => others.reduce((all, [, server]) => all + server[count], 0);
    rows.push(row(`${others.length} more`, total));
  }
  if (busiest.length > 1) rows.push(row("all", (count) => sum(totals, count)));
  const table = [["server", ...columns.map(([title]) => title)], ...rows];
  const widths = table[0]!.map((_, i) => Math.max(...table.map((cells) => cells[i]!.length)));
  return table.map((cells) =>
    cells.map((cell, i) => i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))
      .join("  ").trimEnd()
  ).join("\n");
}

function nameOf(baseURL: string, { failure }: ServerTotals): string {
  return `${URL.parse(baseURL)?.host || baseURL}${failure === null ? "" : " (failed)"}`;
}
