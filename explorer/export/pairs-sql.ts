/**
 * What a static export holds: counts by two dimensions at a time, and no count that
 * stands for fewer than five authors.
 *
 * A count that is left out must not follow from the others either. So wherever one is
 * left out, the smallest one beside it goes too: what is missing from a total then
 * stands for at least five authors as well.
 *
 * @module
 */
import { LISTED } from "../data/columns.ts";

/** The fewest authors that a published count stands for. */
export const FEWEST_AUTHORS = 5;

/** All dimensions; `all` has one value, so that totals are counts by it. */
export const PAIRED = ["all", "slot", "week_hour", "length_bin", ...LISTED, "hashtag"] as const;

/** One of {@linkcode PAIRED}. */
export type Paired = (typeof PAIRED)[number];

const valueOf = (dimension: Paired) => dimension === "all" ? "'all'" : `${dimension}::VARCHAR`;

/**
 * The statements that make the table `counted`: counts by each two dimensions, with the
 * number of authors. One after the other, because each of them holds all authors in memory.
 */
export function countedSql(): readonly string[] {
  return [
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

/** Counts by two dimensions. Unknown authors count as one. */
function countsSql(a: Paired, b: Paired): string {
  const tagged = "(select toot_tag.*, toot.author from toot_tag join toot using (id))";
  const table = a === "hashtag" || b === "hashtag" ? tagged : "toot";
  return `select '${a}' as a, ${valueOf(a)} as value, '${b}' as b, ${valueOf(b)} as other,
    count(*) as n, count(distinct coalesce(author, 0)) as authors
  from ${table}
  group by all`;
}

/**
 * The statement that takes from `counted` all counts that may be published, each pair both
 * ways round. Columns: `a`, `value`, `b`, `other`, `n`. The table `label` has the values that
 * numbers stand for: columns `name`, `code` (a text) and `value`.
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

/** In each group that has a hidden count, hides the smallest of the others too. */
function alsoHidden(from: string, group: string): string {
  return `select a, value, b, other, n, authors,
    hidden or (bool_or(hidden) over (partition by ${group}) and row_number() over (
      partition by ${group} order by hidden, authors, n, value, other
    ) = 1) as hidden
  from ${from}`;
}
