/**
 * The SQL of the views of toots: the sources without what does not count, and with
 * what is withheld left out.
 *
 * @module
 */
import { shownColumns } from "../truth/opt-outs.ts";
import { COLUMNS } from "./source-sql.ts";

/** A source of the views: a table or view in the schema `lake`. */
export interface Part {
  readonly name: string;
  /** Whether `lake.dropped` lists some of its rows. */
  readonly dropped: boolean;
  /** Whether `lake.hidden` lists some of its rows. */
  readonly hidden: boolean;
}

const at = (table: string, name: string) =>
  `${table}.file = ${name}.file and ${table}.file_row = ${name}.file_row`;

/** The rows of a source, as people may see them. */
function shown({ name, hidden }: Part): string {
  if (!hidden) return `select ${COLUMNS.join(", ")}\nfrom lake.${name} as ${name}`;
  const columns = shownColumns(COLUMNS, "hidden");
  return `select
  ${columns.join(",\n  ")}
from lake.${name} as ${name}
left join (select file, file_row, reason from lake.hidden) as hidden using (file, file_row)`;
}

/** Every record that the lake holds, as the original's `mastodon_toot_raw`. */
export function tootRawSql(parts: readonly Part[]): string {
  return `create or replace view mastodon_toot_raw as
${parts.map(shown).join("\nunion all\n")};`;
}

/** One row a toot: the record that stands, and none that was deleted. */
export function tootSql(parts: readonly Part[]): string {
  const standing = (part: Part) =>
    part.dropped
      ? `${shown(part)}
where not exists (from lake.dropped where ${at("dropped", part.name)})`
      : shown(part);
  return `create or replace view mastodon_toot as
select toot.*, language.language_name
from (
${parts.map(standing).join("\nunion all\n")}
) as toot
left join language on toot.language = language.lang_iso;`;
}
