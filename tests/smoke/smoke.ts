/**
 * The steps of the smoke test: it sends toots through a stack, and checks the notebook's numbers at
 * the end.
 *
 * @module
 */
import { join } from "node:path";
import { createViews } from "../../lake/views/views.ts";
import { openLake } from "../../lake/engine/open.ts";
import { ROOT } from "../../notebooks/support/settings.ts";
import { runScript } from "../../notebooks/tools/script.ts";
import { startProgram } from "../stack/program.ts";
import type { Say, SmokeStack } from "./stacks.ts";
import { writeToots } from "./toots.ts";

/**
 * The time in seconds until all rows must be in the bucket. The sink closes its files each minute.
 */
const ARRIVAL = 240;

/**
 * Sends toots through the stack, and checks the toots that arrive.
 *
 * @throws {Error} that names the step and the numbers
 */
export async function smoke(stack: SmokeStack, say: Say): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "smoke-" });
  try {
    const file = join(folder, "toots.jsonl");
    const wanted = await writeToots(file);
    const { statuses, toots, authors } = wanted;
    say(`${statuses} statuses of ${authors} authors, ${statuses - toots} of them deleted later`);

    const listener = startProgram([
      ...["listener/main.ts", "--replay", file, "--baseURL", "https://smoke.example"],
      ...["--enableKafka", "--brokers", stack.brokers, "--registry", stack.registry],
      ...["--data", join(folder, "data"), "--consent", "none", "--quiet"],
    ], stack.env);
    await listener.ended();
    say("replayed into Kafka");

    await stack.checkSink();
    const begun = performance.now();
    const arrived = await untilArrived(stack, wanted);
    const seconds = Math.round((performance.now() - begun) / 1000);
    say(`in the bucket after ${seconds} s: ${arrived.records} records, ${arrived.toots} toots`);

    const printed = await runScript(
      join(ROOT, "notebooks", "mastodon-analysis.ipynb"),
      join(ROOT, "deno.json"),
      { env: { ...stack.env, LAKE: stack.lake }, stdout: "piped" },
    );
    const n = (number: number) => number.toLocaleString("en");
    const finding = `${n(toots)} toots by ${n(authors)} authors, heard from 1 server`;
    if (!printed.includes(finding)) {
      throw new Error(`the notebook does not print "${finding}", but:\n${printed}`);
    }
    say(`the notebook: ${finding}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/**
 * Waits until the lake contains all records, and its view contains all toots that were not deleted.
 */
async function untilArrived(
  { lake, env }: SmokeStack,
  wanted: { statuses: number; toots: number },
): Promise<{ records: number; toots: number }> {
  const setting = (name: string) => env[name] ?? Deno.env.get(name);
  const deadline = performance.now() + ARRIVAL * 1000;
  for (;;) {
    const seen = await count(lake, setting);
    if (seen.records >= wanted.statuses && seen.toots === wanted.toots) return seen;
    if (performance.now() > deadline) {
      throw new Error(
        `after ${ARRIVAL} s the lake holds ${seen.records} of ${wanted.statuses} records, and its ` +
          `view ${seen.toots} of ${wanted.toots} toots`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 2_000));
  }
}

async function count(location: string, env: (name: string) => string | undefined) {
  const lake = await openLake({ location, env });
  try {
    await createViews(lake);
    const [row] = await lake.query<{ records: number; toots: number }>(
      `select (select count(*) from mastodon_toot_raw)::integer as records,
        (select count(*) from mastodon_toot)::integer as toots`,
    );
    return row!;
  } finally {
    await lake.close();
  }
}
