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
 * Starts to create tables of counts, and answers statements. The answer has one empty part for each
 * table, and then one part for each statement. If a table or a statement fails, its part is the
 * message of the failure.
 *
 * The response begins before the statements run. Otherwise, in Deno 2.9, the server may not notice
 * that the client has disconnected.
 *
 * @param signal interrupts the statements when nobody waits for the answer any more
 * @throws {Failure} if there are too many statements
 */
export function answers(
  database: Locked,
  statements: unknown,
  cubes: unknown,
  signal: AbortSignal,
): Response {
  const wanted = listOf(cubes ?? []), asked = listOf(statements);

  async function answer(): Promise<Uint8Array> {
    const made = await each(wanted, async (sql) => {
      await database.cube(sql);
      return new Uint8Array();
    });
    const answered = await each(asked, async (sql) => arrowOf(await database.answer(sql, signal)));
    return joinAnswers([...made, ...answered]);
  }

  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const bytes = await answer();
      if (signal.aborted) return;
      controller.enqueue(bytes);
      controller.close();
    },
  });
  return new Response(body, { headers: { "content-type": "application/octet-stream" } });
}

function listOf(statements: unknown): readonly string[] {
  if (
    !Array.isArray(statements) || statements.length > MOST_STATEMENTS ||
    !statements.every((sql) => typeof sql === "string")
  ) {
    throw new Failure(`expected at most ${MOST_STATEMENTS} statements`, { exitCode: 2 });
  }
  return statements;
}

async function each(
  statements: readonly string[],
  work: (sql: string) => Promise<Uint8Array>,
): Promise<(Uint8Array | string)[]> {
  return await Promise.all(statements.map((sql) => work(sql).catch(firstLine)));
}
