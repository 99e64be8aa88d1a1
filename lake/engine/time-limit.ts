/**
 * The time limit of a query.
 *
 * @module
 */
import { Failure } from "../../common/failure.ts";

/**
 * Runs a query, and interrupts it when it takes too long.
 *
 * @param limit milliseconds; undefined for no limit
 * @throws {Failure} if the query took too long; other errors of `query` are passed on
 */
export async function withinTime<T>(
  limit: number | undefined,
  interrupt: () => void,
  query: () => Promise<T>,
): Promise<T> {
  if (limit === undefined) return await query();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    interrupt();
  }, limit);
  try {
    return await query();
  } catch (error) {
    if (late) throw new Failure(`the query took longer than ${limit / 1000} s and was stopped`);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
