// deno-lint-ignore-file no-console
import assert from "node:assert/strict";
import { processEnv } from "../../common/env.ts";
import { TOOT_TOPIC } from "../../record/record.ts";
import { askEngine, askView, ENGINES, findEngines } from "./engines.ts";
import { engineLake } from "./lake.ts";

const home = await findEngines(processEnv);
if (home === null) {
  const text = "foreign engines skipped: `.ci/engines` installs them (about 1 GB)";
  if (Deno.env.get("STACK_REQUIRED")) throw new Error(text);
  console.error(text);
}

Deno.test({
  name: "foreign engines answer the notebook's questions as our view does",
  ignore: home === null,
  async fn(test) {
    const location = await Deno.makeTempDir();
    await engineLake(location, processEnv);
    const { answers } = await askView("native", location, processEnv);
    assert.ok(Object.values(answers).every((rows) => rows.length > 1));
    for (const { name } of ENGINES) {
      await test.step(name, async () => {
        const table = `${location}/compacted/${TOOT_TOPIC}`;
        assert.deepEqual((await askEngine(home!, name, table)).answers, answers);
      });
    }
  },
});
