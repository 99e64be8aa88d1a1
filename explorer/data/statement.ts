/**
 * Decides which statements a page may send: one SELECT over the explorer's tables, or the creation
 * of a table of counts from such a SELECT, as Mosaic does.
 *
 * DuckDB itself parses the statement. The nodes of its syntax tree are compared with the short
 * lists below. Everything that is not in the lists is refused. DuckDB cannot be interrupted while
 * it parses and plans, so whatever makes that slow is limited, such as comments and nesting.
 *
 * @module
 */
import { Failure } from "../../lake/mod.ts";

/** The tables that a page may read. Mosaic's own tables are in the schema `mosaic`. */
const TABLES = new Set(["toot", "toot_tag", "word"]);

/** The names that Mosaic gives its tables of counts. */
const CUBE = /^preagg_[0-9a-f]{1,8}$/;

/**
 * The functions that the page uses. In the syntax tree, an operator such as `+` is a function of
 * that name.
 */
const FUNCTIONS = new Set([
  ...["count", "count_star", "sum", "min", "max", "avg", "approx_count_distinct", "quantile_cont"],
  ...[
    "median",
    "floor",
    "ceil",
    "round",
    "least",
    "greatest",
    "coalesce",
    "epoch_ms",
    "list_contains",
  ],
  ...["lower", "contains", "date_trunc", "+", "-", "*", "/", "//", "%"],
]);

const TABLE_REFERENCES = new Set(["EMPTY", "BASE_TABLE", "SUBQUERY"]);

/** The allowed expressions: operators by their type, and all others by their class. */
const EXPRESSIONS = new Set([
  ...["COLUMN_REF", "CONSTANT", "FUNCTION", "STAR", "SUBQUERY", "CAST", "CASE"],
  ...["COMPARISON", "CONJUNCTION", "BETWEEN"],
  ...["OPERATOR_NOT", "OPERATOR_IS_NULL", "OPERATOR_IS_NOT_NULL", "OPERATOR_COALESCE"],
  ...["COMPARE_IN", "COMPARE_NOT_IN"],
]);

/** The types that a value may be cast to. */
const TYPES = new Set(["BOOLEAN", "INTEGER", "BIGINT", "DOUBLE", "VARCHAR", "DATE", "TIMESTAMP"]);

/** The maximum number of characters of a statement. */
const MOST_CHARACTERS = 20_000;

/**
 * The maximum number of characters of a text in a statement. An answer can repeat the text in each
 * row.
 */
const MOST_TEXT = 100;

/**
 * The maximum number of column references in a statement. A plan can repeat a reference once for
 * each SELECT around it.
 */
const MOST_COLUMNS = 60;

/** The maximum number of SELECTs inside one another. */
const MOST_NESTED = 4;

type Tree = null | string | number | boolean | Tree[] | { [key: string]: Tree };
type Branch = { [key: string]: Tree };

const CREATE_CUBE =
  /^CREATE SCHEMA IF NOT EXISTS "?mosaic"?;\s*CREATE TABLE IF NOT EXISTS "?mosaic"?\."?(preagg_[0-9a-f]{1,8})"? AS ([^]+)$/;

/** A statement of Mosaic that creates a table of counts. */
export interface CubeStatement {
  readonly name: string;
  readonly select: string;
}

/**
 * Returns the parts of a statement with which Mosaic creates a table of counts; null for any other
 * statement.
 */
export function cubeStatement(sql: string): CubeStatement | null {
  const match = CREATE_CUBE.exec(sql.trim());
  return match ? { name: match[1]!, select: match[2]! } : null;
}

/**
 * Checks a statement before DuckDB parses it.
 *
 * @throws {Failure} if the statement is too long, or contains comments, parameters, or texts with a
 * prefix such as `e''`. DuckDB reads these slowly, or in a different way than this function.
 */
export function checkText(sql: string): void {
  if (sql.length > MOST_CHARACTERS) {
    throw refused(`a statement has at most ${MOST_CHARACTERS} characters`);
  }
  const withoutTexts = sql.replaceAll(/'[^']*'|"[^"]*"/g, "''");
  if (/--|\/\*|\$|[\w&]''/.test(withoutTexts)) {
    throw refused("comments, parameters and special texts such as e'' are not allowed");
  }
}

/**
 * Replaces the whole numbers of a statement by 0. While a brush moves, the page sends a statement
 * again and again with other numbers, and the result of the check does not depend on the numbers.
 *
 * @example
 * ```ts
 * import { patternOf } from "./statement.ts";
 *
 * const pattern = patternOf("SELECT id FROM toot WHERE slot < 25 AND app = '25'");
 * if (pattern !== "SELECT id FROM toot WHERE slot < 0 AND app = '25'") throw new Error(pattern);
 * ```
 */
export function patternOf(sql: string): string {
  return sql.replaceAll(
    /'[^']*'|"[^"]*"|\b\d{1,20}\b/g,
    (part) => /^\d/.test(part) ? "0" : part,
  );
}

/**
 * Checks the syntax tree of a statement, as DuckDB's `json_serialize_sql` writes it.
 *
 * @throws {Failure} if it is not one SELECT over the explorer's tables
 */
export function checkTree(json: string): void {
  const { error, error_message, statements } = parsed(json);
  if (error === true) throw refused(String(error_message));
  const list = statements as Branch[];
  if (list.length !== 1) throw refused("send one statement at a time");
  const root = list[0]!["node"]!;
  walk(root, 0);
  if (columnsIn(root) > MOST_COLUMNS) throw refused(`name at most ${MOST_COLUMNS} columns`);
}

/**
 * Parses the tree. It is not JSON if a number in it is too large, because DuckDB writes such a
 * number as `Infinity`.
 */
function parsed(json: string): Branch {
  try {
    return JSON.parse(json);
  } catch {
    throw refused("a number is too large");
  }
}

function columnsIn(tree: Tree): number {
  if (tree === null || typeof tree !== "object") return 0;
  const own = !Array.isArray(tree) && tree["class"] === "COLUMN_REF" ? 1 : 0;
  return Object.values(tree).reduce<number>((sum, branch) => sum + columnsIn(branch), own);
}

function walk(tree: Tree, nested: number): void {
  if (tree === null || typeof tree !== "object") return;
  if (Array.isArray(tree)) return tree.forEach((branch) => walk(branch, nested));
  if ("cte_map" in tree) checkSelect(tree, ++nested);
  if (tree["type"] === "BASE_TABLE") checkTable(tree);
  if ("class" in tree) checkExpression(tree);
  if ("function_name" in tree) checkFunction(tree);
  for (const branch of Object.values(tree)) walk(branch, nested);
}

function checkExpression(expression: Branch): void {
  const { type, columns, cast_type, value } = expression;
  const kind = String(expression["class"] === "OPERATOR" ? type : expression["class"]);
  if (!EXPRESSIONS.has(kind)) throw refused(`${kind} is not allowed`);
  if (columns === true) throw refused("COLUMNS is not allowed");
  if (cast_type !== undefined && !TYPES.has(String((cast_type as Branch)["id"]))) {
    throw refused(`cast to ${[...TYPES].join(", ")}`);
  }
  const text = kind === "CONSTANT" && (value as Branch)["value"];
  if (typeof text === "string" && text.length > MOST_TEXT) {
    throw refused(`a text has at most ${MOST_TEXT} characters`);
  }
}

function checkSelect(node: Branch, nested: number): void {
  if (nested > MOST_NESTED) throw refused(`nest at most ${MOST_NESTED} SELECTs`);
  const stars = (node["select_list"] as Branch[] | undefined ?? [])
    .filter((expression) => expression["class"] === "STAR");
  if (stars.length > 1) throw refused("write * once");
  if ((node["group_sets"] as Tree[] | undefined ?? []).length > 1) {
    throw refused("grouping sets are not allowed");
  }
  if (node["type"] !== "SELECT_NODE") throw refused(`${node["type"]} is not allowed`);
  if (((node["cte_map"] as Branch)["map"] as Tree[]).length > 0) {
    throw refused("WITH is not allowed");
  }
  const from = (node["from_table"] as Branch)["type"] as string;
  if (!TABLE_REFERENCES.has(from)) throw refused(`${from} is not allowed after FROM`);
}

function checkTable({ catalog_name, schema_name, table_name }: Branch): void {
  const name = String(table_name);
  const known = schema_name === "mosaic" ? CUBE.test(name) : schema_name === "" && TABLES.has(name);
  if (!known || catalog_name !== "") {
    throw refused(`'${name}' is not one of the tables ${[...TABLES].join(", ")}`);
  }
}

function checkFunction({ function_name, schema, catalog }: Branch): void {
  const name = String(function_name);
  if (!FUNCTIONS.has(name) || schema !== "" || catalog !== "") {
    throw refused(`the function '${name}' is not allowed`);
  }
}

function refused(why: string): Failure {
  return new Failure(`statement refused: ${why.split("\n", 1)[0]}`, { exitCode: 2 });
}
