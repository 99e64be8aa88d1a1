/**
 * Waits until a listener has caught up.
 *
 * @module
 */

/**
 * Resolves when each server's timeline is covered until this time.
 *
 * @param folder the listener's `--data`
 * @param servers the number of servers
 * @param time milliseconds since 1970
 */
export async function covered(folder: string, servers: number, time: number): Promise<void> {
  for (;;) {
    const until: number[] = [];
    for await (const { name } of Deno.readDir(`${folder}/checkpoints`)) {
      if (!name.endsWith(".json")) continue;
      const text = await Deno.readTextFile(`${folder}/checkpoints/${name}`);
      until.push(Date.parse(JSON.parse(text).covered_until ?? ""));
    }
    if (until.length === servers && until.every((one) => one >= time)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
