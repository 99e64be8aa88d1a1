/**
 * Answers several statements with one response.
 *
 * @module
 */
import { firstLine } from "../../common/failure.ts";
import { Failure } from "../../lake/mod.ts";
import { joinAnswers } from "../data/answers.ts";
import type { Locked } from "../data/locked.ts";
import { arrowOf } from "./arrow.ts";

/** The maximum number of statements in one request. */
const MOST_STATEMENTS = 40;

/**
 * Answers statements, after creating tables of counts for them. The answer has one empty part for
 * each table, and one part for each statement. The part of a failed statement is its message.
 *
 * @param signal interrupts the statements when nobody waits for the answer any more
 * @throws {Failure} if there are too many
 */
export async function answers(
  database: Locked,
  statements: unknown,
  cubes: unknown = [],
  signal?: AbortSignal,
): Promise<Response> {
  const made = await each(cubes, async (sql) => {
    await database.cube(sql);
    return new Uint8Array();
  });
  const answered = await each(statements, async (sql) => arrowOf(await database.answer(sql, signal)));
  return new Response(joinAnswers([...made, ...answered]), {
    headers: { "content-type": "application/octet-stream" },
  });
}

async function each(
  statements: unknown,
  work: (sql: string) => Promise<Uint8Array>,
): Promise<(Uint8Array | string)[]> {
  if (
    !Array.isArray(statements) || statements.length > MOST_STATEMENTS ||
    !statements.every((sql) => typeof sql === "string")
  ) {
    throw new Failure(`expected at most ${MOST_STATEMENTS} statements`, { exitCode: 2 });
  }
  return await Promise.all(statements.map((sql) => work(sql).catch(firstLine)));
}
