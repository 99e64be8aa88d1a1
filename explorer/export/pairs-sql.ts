/**
 * The counts of a static export: counts by two dimensions at a time. No count has fewer than five
 * authors.
 *
 * The published counts must not allow anybody to compute a count that was left out. So if one count
 * of a group is left out, the smallest other count of the group is left out too. The part that is
 * missing from a group's total then has at least five authors.
 *
 * @module
 */
import { LISTED } from "../data/columns.ts";

/** The minimum number of authors of a published count. */
export const FEWEST_AUTHORS = 5;

/** All dimensions. `all` has only one value, so counts by it are totals. */
export const PAIRED = ["all", "slot", "week_hour", "length_bin", ...LISTED, "hashtag"] as const;

/** One of {@linkcode PAIRED}. */
export type Paired = (typeof PAIRED)[number];

const columnOf = (dimension: Paired) => dimension === "all" ? "'all'" : dimension;

/**
 * Writes the statements that create the table `counted`: counts by every two dimensions, with a
 * number of authors that is never too large.
 *
 * Counting distinct authors takes ten times as long as counting toots. Instead, each author sets
 * one bit in each of two sets of 64 bits. The remainder of the author's number divided by 64
 * chooses the bit in the first set, and the quotient chooses the one in the second. So a count with
 * five bits in one set has at least five authors.
 */
export function countedSql(): readonly string[] {
  const bits = ["author % 64", "author // 64 % 64"]
    .map((bit, at) => `1::UBIGINT << coalesce(${bit}, 0) as people_${at}`);
  return [
    `create or replace table counted_toot as select *, ${bits.join(", ")} from toot`,
    `create or replace table counted_tag as
      select toot_tag.*, people_0, people_1 from toot_tag join counted_toot using (id)`,
    `create or replace table counted
      (a VARCHAR, value VARCHAR, b VARCHAR, other VARCHAR, n BIGINT, authors BIGINT)`,
    ...PAIRED.flatMap((a, at) =>
      PAIRED.slice(at).map((b) =>
        `insert into counted select * from (${countsSql(a, b)})
          where value is not null and other is not null`
      )
    ),
  ];
}

/** Writes the query that counts by two dimensions. All unknown authors count as one author. */
function countsSql(a: Paired, b: Paired): string {
  return `select '${a}' as a, value::VARCHAR as value, '${b}' as b, other::VARCHAR as other,
    n, greatest(bit_count(people_0), bit_count(people_1)) as authors
  from (
    select ${columnOf(a)} as value, ${columnOf(b)} as other, count(*) as n,
      bit_or(people_0) as people_0, bit_or(people_1) as people_1
    from ${a === "hashtag" || b === "hashtag" ? "counted_tag" : "counted_toot"}
    group by all
  )`;
}

/**
 * Writes the query that selects from `counted` all counts that may be published, each pair in both
 * orders. Its columns are `a`, `value`, `b`, `other` and `n`. The table `label` translates numbers
 * into values, with the columns `name`, `code` (a text) and `value`.
 */
export function pairsSql(): string {
  return `with judged as (select *, authors < ${FEWEST_AUTHORS} as hidden from counted),
by_value as (${alsoHidden("judged", "a, value, b")}),
by_other as (${alsoHidden("by_value", "a, b, other")}),
kept as (
  select a, coalesce(one.value, by_other.value) as value,
    b, coalesce(two.value, by_other.other) as other, n
  from by_other
  left join label as one on one.name = a and one.code = by_other.value
  left join label as two on two.name = b and two.code = by_other.other
  where not hidden
)
select * from kept
union all
select b, other, a, value, n from kept where a <> b
order by 1, 3, 2, 4`;
}

/**
 * Writes the query that hides one more count in each group with a hidden count: the smallest of
 * those that are not hidden.
 */
function alsoHidden(from: string, group: string): string {
  return `select a, value, b, other, n, authors,
    hidden or (bool_or(hidden) over (partition by ${group}) and row_number() over (
      partition by ${group} order by hidden, n, value, other
    ) = 1) as hidden
  from ${from}`;
}
