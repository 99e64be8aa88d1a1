/**
 * One measurement in a separate process: opens a lake, creates the views, runs every question of
 * the notebook once, and prints the times as JSON.
 *
 * Usage: `deno run -A bench/lake/run.ts LOCATION native|wasm`
 *
 * @module
 */
// deno-lint-ignore-file no-console
import type { EngineName } from "../../lake/engine/lake.ts";
import { connect } from "../../notebooks/support/connect.ts";
import { readSettings } from "../../notebooks/support/settings.ts";
import { questions } from "./questions.ts";

/**
 * The time of each step of one contender, in milliseconds. The steps include `open`, `views` and
 * the names of the questions.
 */
export interface Timing {
  steps: Record<string, number>;
  /** The peak memory of the process, in MiB. */
  peakMiB: number;
}

async function main(location: string, engine: EngineName): Promise<Timing> {
  const steps: Record<string, number> = {};
  async function timed<T>(name: string, work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    const result = await work();
    steps[name] = performance.now() - start;
    return result;
  }
  const settings = { ...readSettings(), lake: location, engine };
  const connection = await timed("open", () => connect(settings));
  const { lake } = connection;
  await timed("views", () => connection.createViews());
  for (const { name, sql, params } of await questions(connection)) {
    await timed(name, () => lake.query(sql, params));
  }
  await lake.close();
  const [, peak] = /VmHWM:\s+(\d+) kB/.exec(await Deno.readTextFile("/proc/self/status"))!;
  return { steps, peakMiB: Number(peak) / 1024 };
}

if (import.meta.main) {
  const [location, engine] = Deno.args as [string, EngineName];
  console.log(JSON.stringify(await main(location, engine)));
}
