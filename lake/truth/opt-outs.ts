/**
 * Applies opt-outs to earlier records too. After an author has opted out, the views do not show the
 * author's texts, name or addresses any more.
 *
 * @module
 */
import type { Rows } from "./standing.ts";

/**
 * The prefix of the reason in `withheld`, if the opt-out is known not from the record itself, but
 * from another record of the author's own server.
 */
const KNOWN = "known:";

/**
 * True if the author has opted out, according to the author's own server. Not having opted in ("not
 * indexable") is not an opt-out.
 */
const OPTED_OUT = `author_key is not null and withheld is not null
  and (home or starts_with(withheld, '${KNOWN}')) and not contains(withheld, 'not indexable')`;

/** Selects the authors who opted out, with the columns `author_key` and `reason`. */
export function optOutsOf(from: string): string {
  return `select author_key, min(replace(withheld, '${KNOWN}', '')) as reason
from ${from}
where ${OPTED_OUT}
group by author_key`;
}

/** The name of the author without the domain. */
const USERNAME = "split_part(ltrim(author, '@'), '@', 1)";

/** True if the record names its author. */
export const IS_NAMED =
  `author is not null and ${USERNAME} <> '' and not starts_with(author, 'hmac-sha256:')`;

/**
 * The author's name, followed by the host of the post's address in place of the account's domain. A
 * record with `home` and this name can only come from the server of that host, whatever names and
 * account domains other servers write.
 */
export const AT_ORIGIN =
  `lower(${USERNAME} || '@' || coalesce(origin, split_part(ltrim(author, '@'), '@', 2)))`;

/**
 * Selects the names of authors who opted out, with the columns `name` and `reason`, from the records
 * of the authors' own servers.
 */
export function namesOf(from: string, optOut: string): string {
  return `select ${AT_ORIGIN} as name, min(reason) as reason
  from ${from} join ${optOut} using (author_key)
  where home and ${IS_NAMED}
  group by 1`;
}

/**
 * Creates the table of rows to withhold: records of authors who opted out, except the records that
 * are withheld already. Records of earlier versions have no `author_key`. They are found by the
 * author's name at the host of the post's address, if a record of the author's own server has both
 * the name and the key.
 *
 * @param optOut a table with the columns `author_key` and `reason`
 * @param names a table with the result of {@linkcode namesOf} for other records than those in
 * `from`; null if there are no others
 */
export function hiddenSql(
  table: string,
  { from, row }: Rows,
  optOut: string,
  names: string | null,
): string {
  return `create or replace table ${table} as
with named as (
  ${namesOf(from, optOut)}${
    names === null ? "" : `
  union
  from ${names}`
  }
)
select ${row}, coalesce(keyed.reason, named.reason, 'opt-out') as reason
from ${from} as shown
left join ${optOut} as keyed on keyed.author_key = shown.author_key
left join (select name, min(reason) as reason from named group by name) as named
  on named.name = ${AT_ORIGIN} and ${IS_NAMED}
where withheld is null and (keyed.author_key is not null or named.name is not null);`;
}

const hour = (time: string) => `date_trunc('hour', ${time})`;

/**
 * Returns the SQL of the columns that change in a withheld row. `also_at` keeps only hashed ids,
 * and `uri` becomes the hash.
 *
 * @param reason the SQL expression of the reason
 */
function withheldColumns(reason: string): Readonly<Record<string, string>> {
  const nothing = ["m_id", "app", "url", "from_instance", "username", "mastodon_text"];
  nothing.push("status_id", "origin", "author", "hashtags");
  return {
    ...Object.fromEntries(nothing.map((name) => [name, "null"])),
    uri: "uri_key",
    withheld: `'${KNOWN}' || ${reason}`,
    created_at: "created_at - created_at % 3600",
    created_at_str: "left(created_at_str, 14) || '00:00'",
    ...Object.fromEntries(
      ["created_tz", "posted_at", "observed_at", "edited_at"].map((name) => [name, hour(name)]),
    ),
    also_at: "[other for other in also_at if contains(other, '|hmac-sha256:')]",
  };
}

/**
 * Writes the expressions that select the columns `names`. In hidden rows, personal values are
 * withheld.
 *
 * @param hidden the name under which a table of {@linkcode hiddenSql} is joined
 */
export function shownColumns(names: readonly string[], hidden: string): string[] {
  const withheld = withheldColumns(`${hidden}.reason`);
  return names.map((name) =>
    name in withheld
      ? `case when ${hidden}.reason is null then ${name} else ${withheld[name]} end as ${name}`
      : name
  );
}
