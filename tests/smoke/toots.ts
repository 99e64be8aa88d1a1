/**
 * The input of the smoke test: a file of statuses and deletes, and the expected numbers.
 *
 * @module
 */
import { startFederation } from "../../simulator/mod.ts";

const DAY = 86_400_000;

/** The contents of the file. */
export interface SmokeToots {
  /** The number of statuses in the file. */
  readonly statuses: number;
  /** The number of statuses that are not deleted later in the file. */
  readonly toots: number;
  /** The number of authors of the statuses that are not deleted. */
  readonly authors: number;
}

/** The fields of a Status that are counted here. */
interface Status {
  readonly id: string;
  readonly account: { readonly acct: string };
}

/**
 * Writes a day of made-up statuses to a file, as frames of the stream. Every hundredth status is
 * deleted.
 */
export async function writeToots(path: string): Promise<SmokeToots> {
  const federation = await startFederation({
    servers: 1,
    history: DAY,
    perDay: 1_000,
    outside: 0,
    edits: 0,
    deletes: 0,
    rateLimit: Infinity,
  });
  const statuses: Status[] = [];
  try {
    const timeline = `${
      federation.servers[0]!.baseURL
    }/api/v1/timelines/public?local=true&limit=40`;
    for (let last = "";;) {
      const answer = await fetch(last === "" ? timeline : `${timeline}&max_id=${last}`);
      const page: Status[] = await answer.json();
      if (page.length === 0) break;
      statuses.push(...page);
      last = page.at(-1)!.id;
    }
  } finally {
    await federation.close();
  }
  const deleted = new Set(statuses.filter((_, i) => i % 100 === 50).map(({ id }) => id));
  const frames = [
    ...statuses.map((payload) => ({ event: "update", payload })),
    ...[...deleted].map((payload) => ({ event: "delete", payload })),
  ];
  await Deno.writeTextFile(path, frames.map((frame) => `${JSON.stringify(frame)}\n`).join(""));
  const left = statuses.filter(({ id }) => !deleted.has(id));
  return {
    statuses: statuses.length,
    toots: left.length,
    authors: new Set(left.map(({ account }) => account.acct)).size,
  };
}
