/**
 * Counts the toots in the demo's lake, for the last lines that the demo prints.
 *
 * @module
 */
import { openLake } from "../lake/engine/open.ts";
import { createViews } from "../lake/views/views.ts";
import { counted, listed, percent } from "../notebooks/support/charts/label.ts";
import { sqlOf } from "../notebooks/support/sql.ts";

/** What the last lines of the demo say about the lake. */
export interface Summary {
  readonly toots: number;
  readonly languages: number;
  readonly withheld: number;
  /** The number of toots by the server that sent them. */
  readonly servers: ReadonlyMap<string, number>;
  /**
   * The three apps with the most toots, the most used app first. `of` is the number of toots of all
   * apps. Toots of bots are not counted.
   */
  readonly apps: readonly { app: string; toots: number; of: number }[];
}

/** Computes the summary of the lake at a location. */
export async function summarise(location: string): Promise<Summary> {
  const lake = await openLake({ location, engine: "native" });
  try {
    await createViews(lake);
    const sql = sqlOf(lake);
    const [all] = await sql<{ toots: number; languages: number; withheld: number }>`
      select count(*) as toots, count(withheld) as withheld,
        count(distinct case when language <> 'unknown' then language end) as languages
      from mastodon_toot`;
    const servers = await sql<{ base_url: string; toots: number }>`
      select base_url, count(*) as toots from mastodon_toot group by 1 order by 1`;
    const apps = await sql<{ app: string; toots: number; of: number }>`
      select app, count(*) as toots, sum(count(*)) over () as of
      from mastodon_toot
      where app is not null and not bot
      group by 1
      order by toots desc, 1
      limit 3`;
    return {
      ...all!,
      servers: new Map(servers.map(({ base_url, toots }) => [base_url, toots])),
      apps,
    };
  } finally {
    await lake.close();
  }
}

/** Returns the lines that show the summary, each as a title and a text. */
export function summaryLines(
  { toots, languages, withheld, servers, apps }: Summary,
): [string, string][] {
  return [
    [
      "Toots",
      `${counted(toots, "toot")} from ${counted(servers.size, "server")} in ` +
      `${counted(languages, "language")}, ${counted(withheld, "text")} withheld`,
    ],
    ["Top apps", listed(apps.map(({ app, toots, of }) => `${app} ${percent(toots, of)}`))],
  ];
}
