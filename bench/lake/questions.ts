/**
 * Reads the questions from the cells of the analysis notebook, so that tests and benchmarks run the
 * same SQL as the notebook.
 *
 * @module
 */
import type { Value } from "../../lake/engine/lake.ts";
import { readNotebook, sourceOf } from "../../notebooks/tools/script.ts";
import { statement } from "../../notebooks/support/sql.ts";

/** One statement of the notebook. */
export interface Question {
  /** The name of the constant that gets the rows of the statement: `days`. */
  readonly name: string;
  readonly sql: string;
  readonly params: Record<string, Value>;
}

/** The values that the notebook's statements refer to. */
export interface Scope {
  readonly newestFile: string;
  readonly settings: { readonly words: readonly string[] };
}

/** The notebook of the project. */
export const NOTEBOOK =
  new URL("../../notebooks/mastodon-analysis.ipynb", import.meta.url).pathname;

// The form of a query in a cell: const days = await sql<nb.DayRow>`select … ${200} …`;
const ASKED = /const \[?(\w+)\]? = await sql(?:<[\w.]+>)?`([^`]*)`/g;

/** Returns the questions in the order of the cells, with the values of `scope`. */
export async function questions(scope: Scope, path = NOTEBOOK): Promise<Question[]> {
  const cells = (await readNotebook(path)).cells.filter((cell) => cell.cell_type === "code");
  return cells.flatMap((cell) => [...sourceOf(cell).matchAll(ASKED)]).map(([, name, template]) => {
    const parts = template!.split(/\$\{([^}]*)\}/);
    const texts = parts.filter((_, i) => i % 2 === 0);
    const values = parts.filter((_, i) => i % 2 === 1).map((code) => valueOf(code, scope));
    const { text, params } = statement(texts, values);
    return { name: name!, sql: text, params };
  });
}

/**
 * Evaluates the code between `${` and `}`. This is the project's own code, which the kernel would
 * run too.
 */
function valueOf(code: string, scope: Scope): Value {
  return new Function(...Object.keys(scope), `return (${code});`)(...Object.values(scope));
}
