/**
 * Answers several statements with one response.
 *
 * @module
 */
import { Failure } from "../../lake/mod.ts";
import { joinAnswers } from "../data/answers.ts";
import type { Locked } from "../data/locked.ts";
import { arrowOf } from "./arrow.ts";

/** Statements in one request. */
const MOST_STATEMENTS = 40;

/**
 * Answers statements; each that fails has its message in the place of its answer.
 *
 * @throws {Failure} where there are too many
 */
export async function answers(database: Locked, statements: unknown): Promise<Response> {
  if (!Array.isArray(statements) || statements.length > MOST_STATEMENTS) {
    throw new Failure(`expected at most ${MOST_STATEMENTS} statements`, { exitCode: 2 });
  }
  const parts = await Promise.all(statements.map(async (sql) => {
    try {
      return arrowOf(await database.answer(String(sql)));
    } catch (error) {
      return error instanceof Error ? error.message.split("\n", 1)[0]! : String(error);
    }
  }));
  return new Response(joinAnswers(parts), {
    headers: { "content-type": "application/octet-stream" },
  });
}
