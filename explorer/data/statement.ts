/**
 * Decides which statements a page may send: one SELECT over the explorer's tables, or the creation
 * of a table of counts from such a SELECT, as Mosaic does.
 *
 * DuckDB itself parses the statement. The nodes of its syntax tree are compared with the short
 * lists below. Everything that is not in the lists is refused.
 *
 * @module
 */
import { Failure } from "../../lake/mod.ts";

/** The tables that a page may read. Mosaic's own tables are in the schema `mosaic`. */
const TABLES = new Set(["toot", "toot_tag", "word"]);

/** The names that Mosaic gives its tables of counts. */
const CUBE = /^preagg_[0-9a-f]{1,8}$/;

/** The functions that the page uses. The name of an operator is its sign. */
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

type Tree = null | string | number | boolean | Tree[] | { [key: string]: Tree };
type Branch = { [key: string]: Tree };

const CREATE_CUBE =
  /^CREATE SCHEMA IF NOT EXISTS "?mosaic"?;\s*CREATE TABLE IF NOT EXISTS "?mosaic"?\."?(preagg_[0-9a-f]{1,8})"? AS ([^]+)$/;

/** A statement of Mosaic that creates a table of counts. */
export interface CubeStatement {
  readonly name: string;
  readonly select: string;
}

/** Splits Mosaic's statement into its parts; null for other statements. */
export function cubeStatement(sql: string): CubeStatement | null {
  const match = CREATE_CUBE.exec(sql.trim());
  return match ? { name: match[1]!, select: match[2]! } : null;
}

/**
 * Checks the syntax tree of a statement, as DuckDB's `json_serialize_sql` writes it.
 *
 * @throws {Failure} if it is not one SELECT over the explorer's tables
 */
export function checkTree(json: string): void {
  const { error, error_message, statements } = JSON.parse(json) as Branch;
  if (error === true) throw refused(String(error_message));
  const list = statements as Branch[];
  if (list.length !== 1) throw refused("send one statement at a time");
  walk(list[0]!["node"]!);
}

function walk(tree: Tree): void {
  if (tree === null || typeof tree !== "object") return;
  if (Array.isArray(tree)) return tree.forEach(walk);
  if ("cte_map" in tree) checkSelect(tree);
  if (tree["type"] === "BASE_TABLE") checkTable(tree);
  if ("function_name" in tree) checkFunction(tree);
  for (const branch of Object.values(tree)) walk(branch);
}

function checkSelect(node: Branch): void {
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
