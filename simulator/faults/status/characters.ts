/**
 * Characters that control a terminal, change the direction of text, or are invisible.
 *
 * @module
 */
import { alteration, editJson } from "./alteration.ts";

/**
 * Contains escape, bell, backspace, an 8-bit control sequence, bidirectional marks and a zero-width
 * space.
 */
export const TRICKS = "\u001b[31m\u0007\u0008\u009b2J\u0085\u202Eturned\u2066\u200B\u200F";

/** Puts {@linkcode TRICKS} into the display name, the app, the content warning and the text. */
export const characters = alteration(
  "characters",
  { whose: "own" },
  (json) =>
    editJson(json, (status) => {
      status.content = `<p>${TRICKS}</p>${status.content}`;
      status.spoiler_text = TRICKS;
      status.application = { name: `App${TRICKS}`, website: null };
      status.account.display_name = `${TRICKS}${status.account.display_name}`;
    }),
);
