/**
 * Shares one connection among many callers, which take turns. If a compaction removes files that a
 * query reads, the query runs again.
 *
 * @module
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { Failure } from "../../common/failure.ts";
import { FileGone } from "../store/failures.ts";
import { namingDamagedFile } from "./damaged-file.ts";
import type { Connection, Lake, Queries, Row, Value } from "./lake.ts";

/** The state of a lake's views. */
interface Views {
  /** Increases whenever the views are created again. */
  generation: number;
  /** Creates the views again. */
  readonly make: () => Promise<unknown>;
  /** The files that the views read. */
  readonly files: readonly string[];
  /** The call of `make` in progress, which all callers wait for; null if none is in progress. */
  making: Promise<unknown> | null;
}

const VIEWS = new WeakMap<Lake, Views>();

/**
 * A query fails if this many compactions in a row remove its files. Each compaction takes at least
 * some seconds, so this hardly ever happens.
 */
const ATTEMPTS = 5;

/**
 * Records that the views of a lake have been created. `files` are the files that the views read,
 * and `make` creates the views again.
 */
export function viewsAreMade(
  lake: Lake,
  files: readonly string[],
  make: () => Promise<unknown>,
): void {
  const before = VIEWS.get(lake);
  VIEWS.set(lake, {
    generation: (before?.generation ?? 0) + 1,
    make,
    files,
    making: before?.making ?? null,
  });
}

/**
 * Creates a lake that many callers may use at once.
 *
 * If a compaction has removed a file of a view, DuckDB fails with {@linkcode FileGone}. Then the
 * views are created again, once for all callers whose queries failed, and these queries run again.
 * No result mixes old and new files.
 */
export function sharedLake(
  connection: Connection,
  about: Pick<Lake, "location" | "engine" | "store">,
): Lake {
  const inside = new AsyncLocalStorage<true>();
  let last: Promise<unknown> = Promise.resolve();
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (inside.getStore()) {
      throw new Failure("inside lake.transaction, call the query and exec that it passes on");
    }
    const mine = last.then(work, work);
    last = mine.catch(() => {});
    return mine;
  }

  const lake: Lake = {
    ...about,
    async query<R = Row>(
      sql: string,
      params?: Record<string, Value>,
      limit?: number,
    ): Promise<R[]> {
      for (let attempt = 1;; attempt++) {
        const generation = VIEWS.get(lake)?.generation;
        try {
          return await inTurn(() => connection.query<R>(sql, params, limit));
        } catch (error) {
          const views = VIEWS.get(lake);
          if (!(error instanceof FileGone) || !views || attempt === ATTEMPTS) {
            const query = <T>(text: string) => inTurn(() => connection.query<T>(text));
            throw await namingDamagedFile({ query }, views?.files ?? [], error);
          }
          // Another caller may have created the views again since this query began.
          if (views.generation === generation) await makeAgain(lake, views);
        }
      }
    },
    // deno-lint-ignore require-await -- a thrown error must become a rejected promise
    exec: async (sql) => inTurn(() => connection.exec(sql)),
    // deno-lint-ignore require-await -- as above
    transaction: async (work) =>
      inTurn(() => inside.run(true, () => transaction(connection, work))),
    close: () => inTurn(() => connection.close()),
  };
  return lake;
}

async function makeAgain(lake: Lake, views: Views): Promise<void> {
  views.making ??= views.make().finally(() => {
    const now = VIEWS.get(lake);
    if (now) now.making = null;
  });
  await views.making;
}

async function transaction<T>(
  connection: Connection,
  work: (queries: Queries) => Promise<T>,
): Promise<T> {
  await connection.exec("begin");
  try {
    const result = await work(connection);
    await connection.exec("commit");
    return result;
  } catch (error) {
    await connection.exec("rollback").catch(() => {});
    throw error;
  }
}
