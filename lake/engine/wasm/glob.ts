/**
 * Matches DuckDB's wildcards: `*` and `?` within a name, `[ab]`, and `**` for folders of any depth.
 * As in DuckDB, `*` also matches names with a leading dot.
 *
 * @module
 */

/** Returns true if a path contains a wildcard. */
export function isPattern(path: string): boolean {
  return /[*?[]/.test(path);
}

/** Returns the part before the first wildcard. Every match begins with it. */
export function fixedPrefix(pattern: string): string {
  return pattern.slice(0, /[*?[]|$/.exec(pattern)!.index);
}

/**
 * Turns a pattern into a regular expression for whole paths.
 *
 * @example
 * ```ts
 * import { globExpression } from "./glob.ts";
 *
 * const files = globExpression("topics/a+b/*\/*.parquet");
 * if (!files.test("topics/a+b/partition=0/1.parquet")) throw new Error("one folder");
 * if (files.test("topics/a+b/x/y/1.parquet")) throw new Error("* does not cross folders");
 * if (!globExpression("a/**\/z").test("a/b/c/z")) throw new Error("** does");
 * ```
 */
export function globExpression(pattern: string): RegExp {
  const source = pattern.replace(
    /\*\*\/|\*\*|\*|\?|\[(!?)([^\]]+)\]|[\\^$.|+(){}[\]]/g,
    (found, not, set) => {
      if (found === "**/") return "(?:.*/)?";
      if (found === "**") return ".*";
      if (found === "*") return "[^/]*";
      if (found === "?") return "[^/]";
      if (set !== undefined) return `[${not ? "^" : ""}${set.replace(/[\\\]^]/g, "\\$&")}]`;
      return `\\${found}`;
    },
  );
  return new RegExp(`^${source}$`, "s");
}
