/**
 * The SQL of the coverage views. They show which minutes of which timeline were covered.
 *
 * @module
 */
import { COVERAGE_COLUMNS } from "../../record/record.ts";
import { utc } from "../engine/sql.ts";
import { type Files, readAlikeRows, readRows } from "../truth/source-sql.ts";

/**
 * Creates the table or view of all records of coverage, without repetitions. A table reads the
 * files now, and only once.
 */
export function coverageSql(
  kind: "table" | "view",
  files: Files,
  alike: boolean,
  most?: number,
): string {
  const rows = alike ? readAlikeRows : readRows;
  return `create ${kind} lake.coverage as
select distinct base_url, timeline, ${utc('"from"')} as "from", ${utc("until")} as until,
  transport, outcome, statuses, cause, ${utc("recorded_at")} as recorded_at
from (
  ${rows(COVERAGE_COLUMNS, files, most)}
);
create or replace view coverage as select * from lake.coverage;`;
}

/**
 * Creates a view with a row for each known minute of each timeline. The outcome of a minute is the
 * worst one that occurred in it: `lost`, then `filled`, then `covered`. A lost part of a minute
 * counts as filled if other spans of this minute were recorded as filled after the loss, and the
 * part lies between the start of the first and the end of the last of these spans. Records with a
 * server's own counts (`counted`) are ignored.
 */
export const COVERED_MINUTE_SQL = `create or replace view covered_minute as
with span as (
  select base_url, timeline, outcome, "from",
    greatest(until, "from" + interval 1 millisecond) as until,
    -- Earlier versions did not store recorded_at; a span is recorded after its end.
    coalesce(recorded_at, until) as recorded
  from coverage
  where outcome in ('covered', 'filled', 'lost')
), part as (
  select base_url, timeline, outcome, recorded, minute,
    greatest("from", minute) as begins, least(until, minute + interval 1 minute) as ends
  from (
    select *, unnest(range(date_trunc('minute', "from"), until, interval 1 minute)) as minute
    from span
  )
), judged as (
  select part.base_url, part.timeline, part.minute,
    case
      when part.outcome = 'lost' and min(filled.begins) <= part.begins
        and max(filled.ends) >= part.ends
      then 'filled'
      else part.outcome
    end as outcome
  from part
  left join part as filled on filled.outcome = 'filled'
    and filled.base_url = part.base_url and filled.timeline = part.timeline
    -- Only lost parts need the join. DuckDB joins by hash only if the condition is an equality.
    and filled.minute = case when part.outcome = 'lost' then part.minute end
    and filled.recorded >= part.recorded
  group by part.base_url, part.timeline, part.minute, part.outcome, part.recorded,
    part.begins, part.ends
)
select base_url, timeline, minute,
  case
    when bool_or(outcome = 'lost') then 'lost'
    when bool_or(outcome = 'filled') then 'filled'
    else 'covered'
  end as outcome
from judged
group by base_url, timeline, minute;`;
