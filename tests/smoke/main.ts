// deno-lint-ignore-file no-console
/**
 * `deno task smoke:compose` tests a whole stack, and deletes it afterwards.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { smoke } from "./smoke.ts";
import { type Say, startCompose, startWithoutDocker } from "./stacks.ts";

const HELP = `Usage: deno task smoke:compose [--without-docker]

Starts docker-compose.yml beside a stack that may be running, sends a day of
made-up toots through Kafka and Connect into the bucket, checks the notebook's
numbers, and wipes what it started. With --without-docker it uses .ci/stack, and
deno task lake sink in Connect's place.`;

const started = performance.now();
const say: Say = (line) => {
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(
    line.split("\n").map((part) => `[${String(seconds).padStart(4)} s] ${part}`).join("\n"),
  );
};

async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { "without-docker": { type: "boolean" }, help: { type: "boolean", short: "h" } },
  });
  if (values.help) return console.log(HELP);
  const stack = await (values["without-docker"] ? startWithoutDocker(say) : startCompose(say));
  try {
    await smoke(stack, say);
  } catch (error) {
    say(await stack.logs());
    throw error;
  } finally {
    say("wiping");
    await stack.close();
  }
  say("all well");
}

if (import.meta.main) {
  const code = await main(Deno.args).then(() => 0, (error) => {
    console.error(`smoke: ${error instanceof Error ? error.message : error}`);
    return error instanceof TypeError && "code" in error ? 2 : 1; // A flag is wrong.
  });
  Deno.exit(code);
}
