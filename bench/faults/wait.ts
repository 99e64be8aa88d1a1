/**
 * Waits for something that another program does.
 *
 * @module
 */

/** Resolves after this many seconds. */
export function seconds(count: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, count * 1000));
}

/**
 * Checks every 100 ms whether `holds` is true. Resolves with false if it is not true within
 * `atMost` seconds.
 */
export async function until(holds: () => boolean, atMost: number): Promise<boolean> {
  const end = performance.now() + atMost * 1000;
  while (!holds()) {
    if (performance.now() > end) return false;
    await seconds(0.1);
  }
  return true;
}

/** Runs `work` for each item, `atOnce` at a time, and returns the results in order. */
export async function inParallel<T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index]!);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}
