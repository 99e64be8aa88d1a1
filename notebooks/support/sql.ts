/**
 * SQL in a cell: a template string. Its values become parameters, never parts of the SQL text.
 *
 * @module
 */
import type { Lake, Row, Value } from "../../lake/engine/lake.ts";

/**
 * A value in a row, for charts and tables. A bigint is a number that a `number` cannot hold
 * exactly.
 */
export type Cell = null | boolean | number | bigint | string | Date | Cell[] | {
  [field: string]: Cell;
};

/** Runs a statement on a lake. `R` is the type of a row; the result is not checked against it. */
export type Sql = <R = Record<string, Cell>>(
  strings: TemplateStringsArray,
  ...values: Value[]
) => Promise<R[]>;

/** Returns the statement of a template and its parameters: `${x}` becomes `$p1`, and so on. */
export function statement(
  strings: readonly string[],
  values: readonly Value[],
): { text: string; params: Record<string, Value> } {
  return {
    text: strings.reduce((text, part, i) => `${text}$p${i}${part}`),
    params: Object.fromEntries(values.map((value, i) => [`p${i + 1}`, value])),
  };
}

/**
 * Converts bigints to numbers. Engines return counts as bigint, but charts need numbers. An id that
 * is too large stays a bigint.
 */
function plain(value: Value): Cell {
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object" || value instanceof Date) return value;
  return plainRow(value);
}

function plainRow(row: Row): Record<string, Cell> {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)]));
}

/**
 * Creates the template tag that queries a lake.
 *
 * @example
 * ```ts
 * import { sqlOf } from "./sql.ts";
 *
 * const asked: unknown[] = [];
 * const sql = sqlOf({
 *   query: (text, params) => {
 *     asked.push(text, params);
 *     return Promise.resolve([{ toots: 3n }] as never);
 *   },
 * });
 * const [row] = await sql<{ toots: number }>`select count(*) as toots from t where words < ${200}`;
 * if (row?.toots !== 3) throw new Error("a count is a number");
 * if (asked[0] !== "select count(*) as toots from t where words < $p1") throw new Error();
 * ```
 */
export function sqlOf(lake: Pick<Lake, "query">): Sql {
  return async <R>(strings: TemplateStringsArray, ...values: Value[]) => {
    const { text, params } = statement(strings, values);
    const rows = values.length > 0 ? await lake.query(text, params) : await lake.query(text);
    return rows.map(plainRow) as R[];
  };
}
