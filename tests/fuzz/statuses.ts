/**
 * Honest statuses as the input of mutations.
 *
 * @module
 */
import { startFederation } from "../../simulator/mod.ts";

/** Returns the JSON of statuses of a small federation, as its first server shows them. */
export async function honestStatuses(seed: number, count = 200): Promise<string[]> {
  const federation = await startFederation({ servers: 2, seed, federates: 1, rateLimit: Infinity });
  try {
    federation.step(count);
    const [server] = federation.servers;
    const found: string[] = [];
    for (let back = "";;) {
      const answer = await fetch(`${server!.baseURL}/api/v1/timelines/public?limit=40${back}`);
      const page = await answer.json() as { id: string }[];
      if (page.length === 0) return found;
      found.push(...page.map((status) => JSON.stringify(status)));
      back = `&max_id=${page.at(-1)!.id}`;
    }
  } finally {
    await federation.close();
  }
}

/** Gives a status another id, so that it is not a duplicate. */
export function renumber(json: string, n: number): string {
  const id = String(116_000_000_000_000_000n + BigInt(n));
  const uri = json.match(/"uri":"([^"]+)"/)?.[1] ?? "";
  return json.replace(/"id":"\d+"/, `"id":"${id}"`)
    .replace(`"uri":"${uri}"`, `"uri":"${uri.replace(/\d+$/, id)}"`);
}
