/**
 * Runs the steps of the smoke test on `.ci/stack`. With Docker, the same steps run on the compose
 * stack.
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { canStartOwn } from "./own.ts";

const MAIN = fileURLToPath(new URL("../smoke/main.ts", import.meta.url));

Deno.test({
  name: "deno task smoke:compose --without-docker passes",
  ignore: !await canStartOwn() && Deno.env.get("STACK_REQUIRED") !== "1",
  async fn() {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", MAIN, "--without-docker"],
      env: { NO_COLOR: "1" },
    }).output();
    const said = new TextDecoder().decode(stdout);
    assert.equal(code, 0, said + new TextDecoder().decode(stderr));
    const statuses = said.match(/(\d+) statuses of \d+ authors/)?.[1];
    assert.ok(Number(statuses) > 500, said);
    assert.match(said, new RegExp(`in the bucket after \\d+ s: ${statuses} records`));
    assert.match(said, /the notebook: [\d,]+ toots by \d+ authors, heard from 1 server/);
  },
});
