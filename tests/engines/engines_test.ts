// deno-lint-ignore-file no-console
import assert from "node:assert/strict";
import { processEnv } from "../../common/env.ts";
import { TOOT_TOPIC } from "../../record/record.ts";
import { openStore } from "../../lake/store/open-store.ts";
import { compact } from "../../lake/table/compact.ts";
import { legacyLake } from "../../lake/table/testing/legacy-lake.ts";
import { type Answer, askEngine, askView, ENGINES, findEngines } from "./engines.ts";
import { engineLake } from "./lake.ts";

const home = await findEngines(processEnv);
if (home === null) {
  const text = "foreign engines skipped: `.ci/engines` installs them (about 1 GB)";
  if (Deno.env.get("STACK_REQUIRED")) throw new Error(text);
  console.error(text);
}

Deno.test({
  name: "foreign engines give the same answers to the notebook's questions as our view",
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

Deno.test({
  name: "foreign engines read files without field ids, which an earlier release wrote",
  ignore: home === null,
  async fn(test) {
    const location = await legacyLake();
    await compact({ location });
    const { answers } = await askView("native", location, processEnv);
    assert.ok(Object.values(answers).every((rows) => rows.length > 0));
    for (const name of ["pyiceberg", "duckdb", "clickhouse"]) {
      await test.step(name, async () => {
        const table = `${location}/compacted/${TOOT_TOPIC}`;
        assert.deepEqual((await askEngine(home!, name, table)).answers, answers);
      });
    }
  },
});

Deno.test({
  name: "at each step of a compaction, a foreign reader sees all of it or none",
  ignore: home === null,
  async fn() {
    const location = await Deno.makeTempDir();
    const ask = () => askEngine(home!, "duckdb", `${location}/compacted/${TOOT_TOPIC}`);
    const seen = new Map<string, Answer>();
    await engineLake(location, processEnv, async (name) => {
      if (!seen.has(name)) seen.set(name, await ask());
    });
    const after = (await ask()).answers;
    const before = seen.get("wrote manifests")!.answers;
    assert.notDeepEqual(before, after);
    for (const [name, { answers }] of seen) {
      const published = ["wrote version hint", "removing"].includes(name);
      assert.deepEqual(answers, published ? after : before, name);
    }
    assert.ok(seen.size >= 7, [...seen.keys()].join());
  },
});

const s3 = Deno.env.get("S3_ENDPOINT");

Deno.test({
  name: "foreign engines read the table in an object store",
  ignore: home === null || !s3,
  async fn(test) {
    const bucket = Deno.env.get("MINIO_BUCKET") || "mastodon";
    const location = `s3://${bucket}/engines-test-${crypto.randomUUID()}`;
    try {
      await engineLake(location, processEnv);
      const { answers } = await askView("native", location, processEnv);
      for (const { name } of ENGINES.filter((engine) => engine.s3)) {
        await test.step(name, async () => {
          const table = `${location}/compacted/${TOOT_TOPIC}`;
          assert.deepEqual((await askEngine(home!, name, table)).answers, answers);
        });
      }
    } finally {
      const store = openStore(location);
      await store.remove((await store.list("")).map(({ path }) => path));
    }
  },
});
