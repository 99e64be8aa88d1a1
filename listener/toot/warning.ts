/**
 * The words of content warnings. A record only says whether there is one, so the
 * words travel beside it, to whoever shows the toot.
 *
 * @module
 */
import type { Toot } from "../../record/record.ts";

const warnings = new WeakMap<Toot, string>();

/** Notes the warning of a toot. */
export function noteWarning(toot: Toot, text: string): void {
  warnings.set(toot, text);
}

/** The warning of a toot, as its author wrote it; empty if it is not known. */
export function warningOf(toot: Toot): string {
  return warnings.get(toot) ?? "";
}
