/**
 * Finds the compacted toots that are newly deleted, or whose authors newly opted out.
 *
 * @module
 */
import type { Lake } from "../../engine/lake.ts";
import type { Store } from "../../store/store.ts";
import { namesOf } from "../../truth/opt-outs.ts";
import { COMPACTED_COLUMNS, readRows } from "../../truth/source-sql.ts";
import { FRESH_HASHES_SQL } from "../compact-sql.ts";
import { singleDay } from "../read/days.ts";
import { compactedFiles, type LakeTable } from "../read/lake-table.ts";
import { daysOfHashes, idHash, nameId } from "./id-index.ts";

/**
 * Returns the days of compacted toots that are newly deleted, or whose authors newly opted out.
 * Fills the table `opted_out_name`: records of earlier versions have no key of their author, so they
 * are found by the name that later records of the author contain.
 */
export async function findWithdrawn(
  lake: Lake,
  store: Store,
  table: LakeTable,
): Promise<(number | null)[]> {
  const urls = (files: readonly { path: string }[]) => files.map(({ path }) => store.url(path));
  const lookUp = async () =>
    table.index === null
      ? daysOfAll(table)
      : await daysOfHashes(lake, urls(table.index), "fresh_hash");
  await lake.exec(FRESH_HASHES_SQL);
  const days = await lookUp();
  const authors = await lake.query("from opt_out where fresh limit 1");
  if (authors.length === 0) return days;
  const files = compactedFiles(table, days.map(singleDay));
  await lake.exec(namesSql(`(${readRows(COMPACTED_COLUMNS, urls(files))})`));
  const names = await lake.query("from opted_out_name limit 1");
  return names.length === 0 ? days : await lookUp();
}

/** Collects the names of authors who newly opted out, and adds their hashes. */
function namesSql(compacted: string): string {
  const fresh = "(from opt_out where fresh)";
  return `insert into opted_out_name
select name, min(reason) from (
  ${namesOf("loaded", fresh)}
  union all
  ${namesOf(compacted, fresh)}
) group by name;
insert into fresh_hash select ${idHash(nameId("name"))} from opted_out_name;`;
}

/** Returns the days of all files. Without an index, any of them may contain a withdrawn toot. */
function daysOfAll({ files }: LakeTable): (number | null)[] {
  return files.flatMap(({ days }) => {
    if (days === null) return [null];
    return Array.from({ length: days.to - days.from + 1 }, (_, n) => days.from + n);
  });
}
