/**
 * Prepares SQL for the engine. The engine takes one statement at a time, and its parameters are
 * numbered texts.
 *
 * @module
 */
import { Failure } from "../../../common/failure.ts";
import type { Value } from "../lake.ts";
import { quote } from "../sql.ts";

/** A statement with `$1`, `$2` … for its texts. */
export interface Bound {
  readonly sql: string;
  readonly texts: readonly string[];
}

// Texts, names and comments may contain a `$` or `;`, so they are matched first.
const PARTS =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|(\$\w*\$)[\s\S]*?\1|\$([A-Za-z_]\w*)|;/g;

/**
 * Replaces each `$name` by its value. The types are those of the native engine: a whole number
 * becomes an INTEGER (or BIGINT if it is large), any other number a DOUBLE, a bigint a HUGEINT, and
 * a Date a TIMESTAMP. Texts are passed separately from the statement.
 *
 * @throws {Failure} if a name has no value, or a value has no name in the statement
 *
 * @example
 * ```ts
 * import { bind } from "./statements.ts";
 *
 * const { sql, texts } = bind("select * from t where app = $app limit $n", { app: "Tusky", n: 3 });
 * if (sql !== "select * from t where app = $1 limit CAST(3 AS INTEGER)") throw new Error(sql);
 * if (texts[0] !== "Tusky") throw new Error();
 * ```
 */
export function bind(sql: string, params: Record<string, Value>): Bound {
  const texts: string[] = [];
  const unused = new Set(Object.keys(params));
  const bound = sql.replace(PARTS, (part, _quote, name: string | undefined) => {
    if (name === undefined) return part;
    if (!Object.hasOwn(params, name)) throw new Failure(`$${name} of the statement has no value`);
    unused.delete(name);
    return expression(params[name]!, texts);
  });
  const [first] = unused;
  if (first !== undefined) throw new Failure(`the statement has no $${first}`);
  return { sql: bound, texts };
}

/**
 * Splits a script into its statements, without empty ones.
 *
 * @example
 * ```ts
 * import { statementsOf } from "./statements.ts";
 *
 * const [first, second, ...more] = statementsOf("select ';' as a; -- b;\n select 2;");
 * if (first !== "select ';' as a" || !second?.endsWith("select 2") || more.length > 0) throw new Error();
 * ```
 */
export function statementsOf(script: string): string[] {
  const statements: string[] = [];
  let start = 0;
  for (const part of script.matchAll(PARTS)) {
    if (part[0] !== ";") continue;
    statements.push(script.slice(start, part.index));
    start = part.index + 1;
  }
  statements.push(script.slice(start));
  const empty = (text: string) =>
    text.replace(PARTS, (part) => /^(--|\/\*)/.test(part) ? "" : part).trim() === "";
  return statements.filter((text) => !empty(text));
}

function expression(value: Value, texts: string[]): string {
  if (value === null) return "NULL";
  if (value instanceof Date) return `CAST(${quote(value.toISOString().slice(0, -1))} AS TIMESTAMP)`;
  if (Array.isArray(value)) return `[${value.map((item) => expression(item, texts)).join(", ")}]`;
  switch (typeof value) {
    case "string":
      texts.push(value);
      return `$${texts.length}`;
    case "boolean":
      return String(value);
    case "bigint":
      return `CAST(${value} AS HUGEINT)`;
    case "number":
      return `CAST(${numeral(value)})`;
  }
  const fields = Object.entries(value).map(([name, field]) =>
    `${quote(name)}: ${expression(field, texts)}`
  );
  return `{${fields.join(", ")}}`;
}

function numeral(value: number): string {
  if (!Number.isFinite(value)) return `'${value}' AS DOUBLE`;
  if (!Number.isInteger(value)) return `${value} AS DOUBLE`;
  const small = value >= -(2 ** 31) && value < 2 ** 31;
  return Number.isSafeInteger(value)
    ? `${value} AS ${small ? "INTEGER" : "BIGINT"}`
    : `${value} AS DOUBLE`;
}
