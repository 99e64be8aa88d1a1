/**
 * The SQL of a static export: counts by two dimensions at a time.
 *
 * @module
 */
import { LISTED } from "../data/columns.ts";

/** All dimensions. `all` has only one value, so counts by it are totals. */
export const PAIRED = ["all", "slot", "week_hour", "length_bin", ...LISTED, "hashtag"] as const;

/** One of {@linkcode PAIRED}. */
export type Paired = (typeof PAIRED)[number];

const columnOf = (dimension: Paired) => dimension === "all" ? "'all'" : dimension;

/** The SQL of the two sets of bits that stand for the authors of a group of toots. */
export const PEOPLE_SQL = "bit_or(people_0) as people_0, bit_or(people_1) as people_1";

/**
 * Writes the statements that create the table `counted`: counts by every two dimensions, and two
 * sets of bits for the authors of each count. A missing value is the empty text.
 *
 * Counting distinct authors takes ten times as long as counting toots. Instead, each author sets
 * one bit in each of two sets of 64 bits. The remainder of the author's number divided by 64
 * chooses the bit in the first set, and the quotient, again modulo 64, chooses the one in the
 * second. So a count with five bits in one set has at least five authors.
 */
export function countedSql(): readonly string[] {
  const bits = ["author % 64", "author // 64 % 64"]
    .map((bit, at) => `1::UBIGINT << coalesce(${bit}, 0) as people_${at}`);
  return [
    `create or replace table counted_toot as select *, ${bits.join(", ")} from toot`,
    `create or replace table counted_tag as
      select toot_tag.*, people_0, people_1 from toot_tag join counted_toot using (id)`,
    `create or replace table counted (a VARCHAR, value VARCHAR, b VARCHAR, other VARCHAR,
      n BIGINT, people_0 UBIGINT, people_1 UBIGINT)`,
    ...PAIRED.flatMap((a, at) =>
      PAIRED.slice(at).map((b) => `insert into counted select * from (${countsSql(a, b)})`)
    ),
  ];
}

/** Writes the query that counts by two dimensions. All unknown authors count as one author. */
function countsSql(a: Paired, b: Paired): string {
  return `select '${a}' as a, coalesce(value::VARCHAR, '') as value,
    '${b}' as b, coalesce(other::VARCHAR, '') as other, n, people_0, people_1
  from (
    select ${columnOf(a)} as value, ${columnOf(b)} as other, count(*) as n, ${PEOPLE_SQL}
    from ${a === "hashtag" || b === "hashtag" ? "counted_tag" : "counted_toot"}
    group by all
  )`;
}

/**
 * Writes the query for the published counts: the rows of `counted` whose row numbers are in the
 * table `shown`, each pair in both orders. Its columns are `a`, `value`, `b`, `other` and `n`. The
 * table `label` translates numbers into values, with the columns `name`, `code` (a text) and
 * `value`.
 */
export function pairsSql(): string {
  return `with kept as (
  select a, coalesce(one.value, counted.value) as value,
    b, coalesce(two.value, counted.other) as other, n
  from counted
  join shown on shown.id = counted.rowid
  left join label as one on one.name = a and one.code = counted.value
  left join label as two on two.name = b and two.code = counted.other
)
select * from kept
union all
select b, other, a, value, n from kept where a <> b
order by 1, 3, 2, 4`;
}
