/**
 * Remembers the text of content warnings. A record only says whether the toot has a warning, but
 * the terminal shows its text.
 *
 * @module
 */
import type { Toot } from "../../record/record.ts";

const warnings = new WeakMap<Toot, string>();

/** Remembers the warning of a toot. */
export function noteWarning(toot: Toot, text: string): void {
  warnings.set(toot, text);
}

/** Returns the warning of a toot as its author wrote it; empty if unknown. */
export function warningOf(toot: Toot): string {
  return warnings.get(toot) ?? "";
}
