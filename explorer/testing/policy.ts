/**
 * Checks for a Content-Security-Policy.
 *
 * @module
 */
import assert from "node:assert/strict";

/** Checks that a policy has exactly these directives, each with exactly these sources. */
export function assertPolicy(
  policy: string | null | undefined,
  directives: Readonly<Record<string, string>>,
): void {
  const parts = (policy ?? "").split(";").map((part) => part.trim().split(/\s+/));
  const found = parts.map(([name, ...sources]) => [name, sources.sort().join(" ")]);
  const names = parts.map(([name]) => name);
  assert.equal(new Set(names).size, names.length, "a browser ignores a repeated directive");
  assert.deepEqual(Object.fromEntries(found), directives);
}
