/**
 * Merges several sequences into one.
 *
 * @module
 */

/**
 * Yields the values of several sources as they arrive. Each source goes on only after its latest
 * value was taken, so a slow reader slows them all down. The merged sequence ends when all sources
 * have ended, and fails when one fails.
 *
 * @param abort called at the end to make the sources stop waiting
 *
 * @example
 * ```ts
 * import { merge } from "./merge.ts";
 *
 * async function* count(...numbers: number[]) {
 *   yield* numbers;
 * }
 * let sum = 0;
 * for await (const number of merge([count(1, 2), count(3)], () => {})) sum += number;
 * if (sum !== 6) throw new Error();
 * ```
 */
export async function* merge<T>(
  sources: readonly AsyncGenerator<T, void, undefined>[],
  abort: () => void,
): AsyncGenerator<T, void, undefined> {
  type Source = (typeof sources)[number];
  type Settled = { source: Source; result: IteratorResult<T, void> } | { error: unknown };
  const settled: Settled[] = [];
  const pulled = new Map<Source, Promise<void>>();
  let wake = () => {};

  const pull = (source: Source) =>
    pulled.set(
      source,
      source.next().then(
        (result) => void settled.push({ source, result }),
        (error) => void settled.push({ error }),
      ).then(() => wake()),
    );
  try {
    sources.forEach(pull);
    for (let open = sources.length; open > 0;) {
      const next = settled.shift();
      if (next === undefined) {
        await new Promise<void>((resolve) => wake = resolve);
        continue;
      }
      if ("error" in next) throw next.error;
      if (next.result.done) open--;
      else {
        yield next.result.value;
        pull(next.source);
      }
    }
  } finally {
    abort();
    await Promise.all(pulled.values());
    await Promise.allSettled(sources.map((source) => source.return()));
  }
}
