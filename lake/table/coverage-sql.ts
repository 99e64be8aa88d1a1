/**
 * The SQL that compacts records of coverage.
 *
 * @module
 */
import { COVERAGE_COLUMNS } from "../../record/record.ts";
import { quote } from "../engine/sql.ts";
import { readRows } from "../truth/source-sql.ts";
import { startOf } from "./compact-sql.ts";

const NAMES = COVERAGE_COLUMNS.map(({ name }) => `"${name}"`).join(", ");

/** Loads the records of coverage from raw files. */
export function loadedCoverageSql(urls: readonly string[]): string {
  return `create table coverage as
select ${NAMES} from (${readRows(COVERAGE_COLUMNS, urls)});`;
}

/**
 * Counts the loaded records of coverage, and the records of the files `others` that end before
 * `oldest`, the oldest day that is kept.
 */
export function countCoverageSql(others: readonly string[], oldest: number | null): string {
  const old = oldest === null ? "0::BIGINT" : `(
  select count(*) from (${readRows(COVERAGE_COLUMNS, others)})
  where until < ${startOf(oldest)}::TIMESTAMPTZ
)`;
  return `select (select count(*) from coverage) as rows, ${old} as old;`;
}

/**
 * Writes the loaded records of coverage to a file, together with the records of the files `others`.
 * Records that end before the day `oldest` are left out.
 */
export function writeCoverageSql(
  others: readonly string[],
  oldest: number | null,
  path: string,
): string {
  const old = oldest === null ? "" : `\n  where until >= ${startOf(oldest)}::TIMESTAMPTZ`;
  return `copy (
  select distinct ${NAMES} from (
    from coverage
    union all
    select ${NAMES} from (${readRows(COVERAGE_COLUMNS, others)})
  )${old}
  order by base_url, timeline, "from"
) to ${quote(path)} (format parquet, compression zstd, return_stats true);`;
}
