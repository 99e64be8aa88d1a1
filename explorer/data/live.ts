/**
 * The live numbers: the new toots, their delay, and the coverage of the servers.
 *
 * @module
 */
import type { Lake } from "../../lake/mod.ts";
import type { Covered, Live } from "./about.ts";
import type { Snapshots } from "./snapshot.ts";

/**
 * A timeline counts as not covered if its last span ended longer ago than this, in milliseconds.
 */
const RECENT = 5 * 60_000;

/**
 * Reads the numbers from the snapshot, and the coverage from the lake. The counts and the delay
 * leave out withheld toots, because their times are cut to the hour.
 */
export async function live(
  { database, lake }: Pick<Snapshots, "database" | "lake">,
  now = Date.now(),
): Promise<Live> {
  const reader = await database.own(
    `select
      count(*) filter (where observed >= epoch_ms($minute::BIGINT))::DOUBLE as "lastMinute",
      count(*) filter (where observed >= epoch_ms($hour::BIGINT))::DOUBLE as "lastHour",
      median(epoch_ms(observed) - epoch_ms(time))
        filter (where observed >= epoch_ms($hour::BIGINT))::DOUBLE as lag,
      (select epoch_ms(max(observed))::DOUBLE from toot) as "lastObserved"
    from toot
    where not withheld and observed >= epoch_ms($hour::BIGINT) and transport in (
      select code from saved_value where name = 'transport' and value in ('Streamed', 'Polled')
    )`,
    { minute: BigInt(now - 60_000), hour: BigInt(now - 3_600_000) },
  );
  const [row] = reader.getRowObjectsJS() as unknown as [Omit<Live, "servers">];
  return { ...row, servers: await servers(lake, now) };
}

async function servers(lake: Lake, now: number): Promise<Covered[]> {
  const [there] = await lake.query<{ n: bigint }>(
    "select count(*) as n from duckdb_views() where view_name = 'coverage' and not internal",
  );
  if (there!.n === 0n) return [];
  const rows = await lake.query<Omit<Covered, "covered"> & { outcome: string }>(
    `select regexp_replace(base_url, '^https?://', '') as server, timeline,
      epoch_ms(max("until")::TIMESTAMP)::DOUBLE as until,
      max_by(outcome, "until") as outcome, max_by(cause, "until") as cause
    from coverage
    where outcome in ('covered', 'filled', 'lost') -- without the records of a server's own counts
    group by 1, 2
    order by 1, 2
    limit 500`,
  );
  return rows.map(({ outcome, cause, ...row }) => {
    const covered = outcome !== "lost" && now - row.until < RECENT;
    return { ...row, covered, cause: covered ? null : cause };
  });
}
