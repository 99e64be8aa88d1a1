/**
 * The SQL of the views of toots. Both views withhold values of hidden rows, and `mastodon_toot`
 * also leaves out dropped rows.
 *
 * @module
 */
import { shownColumns } from "../truth/opt-outs.ts";
import { COLUMNS } from "./source-sql.ts";

/** A source of the views: a table or view in the schema `lake`. */
export interface Part {
  readonly name: string;
  /** True if `lake.dropped` lists some of its rows. */
  readonly dropped: boolean;
  /** True if `lake.hidden` lists some of its rows. */
  readonly hidden: boolean;
}

/** The columns with the position of a row. */
const PLACE_COLUMNS = ["file", "file_row"];

const at = (table: string, name: string) =>
  `${table}.file = ${name}.file and ${table}.file_row = ${name}.file_row`;

/**
 * Selects the rows of a source, with the values of hidden rows withheld, and some further columns
 * as they are.
 */
function shown({ name, hidden }: Part, further: readonly string[] = []): string {
  if (!hidden) {
    return `select ${[...COLUMNS, ...further].join(", ")}\nfrom lake.${name} as ${name}`;
  }
  const columns = [...shownColumns(COLUMNS, "hidden"), ...further];
  return `select
  ${columns.join(",\n  ")}
from lake.${name} as ${name}
left join (select file, file_row, reason from lake.hidden) as hidden using (file, file_row)`;
}

/**
 * Creates the view of every record in the lake, like the original project's `mastodon_toot_raw`.
 */
export function tootRawSql(parts: readonly Part[]): string {
  return `create or replace view mastodon_toot_raw as
${parts.map((part) => shown(part)).join("\nunion all\n")};`;
}

/**
 * Creates a view with one row per toot: its best record, with its position. Deleted toots are left
 * out.
 */
function standingSql(parts: readonly Part[]): string {
  const standing = (part: Part) => {
    const rows = shown(part, PLACE_COLUMNS);
    return part.dropped
      ? `${rows}\nwhere not exists (from lake.dropped where ${at("dropped", part.name)})`
      : rows;
  };
  return `create view lake.standing as
${parts.map(standing).join("\nunion all\n")};`;
}

/**
 * Creates the view that people query, and `lake.standing`, which also has the position of each row.
 */
export function tootSql(parts: readonly Part[]): string {
  return `${standingSql(parts)}
create or replace view mastodon_toot as
select ${COLUMNS.map((name) => `toot.${name}`).join(", ")}, language.language_name
from lake.standing as toot
left join language on toot.language = language.lang_iso;`;
}
