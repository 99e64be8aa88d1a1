/**
 * An opt-out counts for earlier records too: once an author has opted out, nothing shows the
 * author's texts, name or addresses any more.
 *
 * @module
 */
import type { Rows } from "./standing.ts";

/** Precedes the reason if the listener knew of the opt-out from the author's own server. */
const KNOWN = "known:";

/**
 * True if the author has opted out, according to the author's own server. An author who has
 * not opted in ("not indexable") has not opted out.
 */
const OPTED_OUT = `author_key is not null and withheld is not null
  and (home or starts_with(withheld, '${KNOWN}')) and not contains(withheld, 'not indexable')`;

/** Authors who opted out: columns `author_key` and `reason`. */
export function optOutsOf(from: string): string {
  return `select author_key, min(replace(withheld, '${KNOWN}', '')) as reason
from ${from}
where ${OPTED_OUT}
group by author_key`;
}

/**
 * The rows to withhold: records of authors who opted out that are not withheld yet. Records of
 * earlier versions have no `author_key`; they are found by the author's name, if a record
 * pairs it with the key.
 *
 * @param optOut a table with the columns `author_key` and `reason`
 */
export function hiddenSql(table: string, { from, row }: Rows, optOut: string): string {
  const isName = "author is not null and not starts_with(author, 'hmac-sha256:')";
  return `create or replace table ${table} as
with named as (
  select lower(author) as name, min(reason) as reason
  from ${from} join ${optOut} using (author_key)
  where ${isName}
  group by 1
), keyed as (
  select author_key, reason from ${optOut}
  union
  select author_key, min(reason) from ${from} join named on named.name = lower(author)
  where author_key is not null
  group by author_key
)
select ${row}, coalesce(keyed.reason, named.reason, 'opt-out') as reason
from ${from} as shown
left join (select author_key, min(reason) as reason from keyed group by author_key) as keyed
  on keyed.author_key = shown.author_key
left join named on named.name = lower(shown.author)
where withheld is null and (keyed.author_key is not null or named.name is not null);`;
}

const hour = (time: string) => `date_trunc('hour', ${time})`;

/**
 * The values of a withheld row. `also_at` keeps the ids that are hashed, and `uri` the hash.
 *
 * @param reason the SQL of why it is withheld
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
 * The columns of rows, with the values of hidden rows withheld.
 *
 * @param hidden the name of a joined table of {@linkcode hiddenSql}
 */
export function shownColumns(names: readonly string[], hidden: string): string[] {
  const withheld = withheldColumns(`${hidden}.reason`);
  return names.map((name) =>
    name in withheld
      ? `case when ${hidden}.reason is null then ${name} else ${withheld[name]} end as ${name}`
      : name
  );
}
