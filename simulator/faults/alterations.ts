/**
 * The faults that change the JSON of a status. Each has its own file in `status/`.
 *
 * @module
 */
import type { Alteration } from "./status/alteration.ts";
import { characters } from "./status/characters.ts";
import { date } from "./status/date.ts";
import { deepJson } from "./status/deep-json.ts";
import { foreignNoindex } from "./status/foreign-noindex.ts";
import { hashtags } from "./status/hashtags.ts";
import { html } from "./status/html.ts";
import { longField } from "./status/long-field.ts";
import { unreadable } from "./status/unreadable.ts";

/** The faults that a status gets when it is posted, or when it arrives on another server. */
export const ALTERATIONS: readonly Alteration[] = [
  characters,
  date,
  deepJson,
  foreignNoindex,
  hashtags,
  html,
  longField,
  unreadable,
];
