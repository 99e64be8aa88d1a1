/**
 * The index of posts: finds the days of a post's compacted records.
 *
 * Normally all records of a post have the same day. But another server may send a copy with another
 * time of posting, and a time that is not believed is replaced by the time of observation. So such
 * records, whose day is unsure, are compared with the post's records of all days, and all records
 * are compared with them.
 *
 * The index has the form of the index of ids (`id-index.ts`). The key of a post is stored as its
 * hash, or as a negative number if the record's day is unsure. So the record of a home server looks
 * up only negative numbers, of which there may be few. If the table contains no record of an unsure
 * day, it has no index of posts. So a lake of local timelines needs none.
 *
 * @module
 */
import { UNSURE_DAY } from "../../truth/source-sql.ts";
import { POST } from "../../truth/standing.ts";
import { DAY_NUMBER, idHash } from "./id-index.ts";

/** The number that stands for a hash if the record's day is unsure. */
const unsure = (hash: string) => `-1 - ${hash}`;

/** Selects the index entries of the rows in `from`, which have the columns of compacted files. */
export function postEntriesSql(from: string): string {
  const hash = idHash(POST);
  return `select case when ${UNSURE_DAY} then ${unsure(hash)} else ${hash} end as hash,
  ${DAY_NUMBER} as day
from ${from} where ${POST} is not null`;
}

/**
 * Selects the entries to look up for the records in `from`: columns `hash`, `post` (the key) and
 * `day` (of the record).
 */
export function wantedPostsSql(from: string): string {
  return `with posts as (
  select ${POST} as post, ${
    idHash(POST)
  } as hash, ${DAY_NUMBER} as day, bool_or(${UNSURE_DAY}) as any_unsure
  from ${from} where ${POST} is not null
  group by 1, 2, 3
)
select ${unsure("hash")} as hash, post, day from posts
union all
select hash, post, day from posts where any_unsure`;
}
