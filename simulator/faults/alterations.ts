/**
 * The faults that change the JSON of a status, one in each file of `status/`.
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

/** The kinds that a status has from its arrival on. */
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
