import assert from "node:assert/strict";
import { FileGone } from "../store/failures.ts";
import { folderStore } from "../store/folder-store.ts";
import type { Connection } from "./lake.ts";
import { openLake } from "./open.ts";
import { sharedLake, viewsAreMade } from "./shared-lake.ts";

const about = { location: "/lake", engine: "native", store: folderStore("/lake") } as const;

/** Makes a connection whose views fail from time to time, until they are created again. */
function connectionOf(files: { generation: number; seen: number }): Connection {
  return {
    query: (sql) => {
      if (files.seen !== files.generation) throw new FileGone("a.parquet", "removed");
      return Promise.resolve([{ sql }] as never);
    },
    exec: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

Deno.test("queries whose files vanished recreate the views once, for all of them", async () => {
  const files = { generation: 1, seen: 1 };
  const lake = sharedLake(connectionOf(files), about);
  let made = 0;
  const make = async () => {
    made++;
    const { generation } = files;
    await lake.transaction(() => Promise.resolve(files.seen = generation));
    viewsAreMade(lake, [], make);
  };
  await make();
  files.generation = 2;
  const asked = Array.from({ length: 5 }, (_, i) => lake.query(`question ${i}`));
  assert.deepEqual((await Promise.all(asked)).map(([row]) => row), [
    ...Array.from({ length: 5 }, (_, i) => ({ sql: `question ${i}` })),
  ]);
  assert.equal(made, 2);
});

Deno.test("if the files vanish again and again, the query fails in the end", async () => {
  const files = { generation: 1, seen: 0 };
  const lake = sharedLake(connectionOf(files), about);
  let made = 0;
  const make = () => {
    made++;
    viewsAreMade(lake, [], make);
    return Promise.resolve();
  };
  await make();
  await assert.rejects(lake.query("question"), FileGone);
  assert.ok(made > 2 && made < 10);
});

for (const engine of ["native", "wasm"] as const) {
  Deno.test(`transactions of several callers do not mix: ${engine}`, async () => {
    const location = await Deno.makeTempDir();
    const lake = await openLake({ location, engine });
    try {
      await lake.exec("create table t (n integer)");
      const adding = (n: number) =>
        lake.transaction(async ({ exec, query }) => {
          await exec(`insert into t values (${n})`);
          const [row] = await query<{ sum: bigint }>("select sum(n)::BIGINT as sum from t");
          if (n === 2) throw new Error("two is taken back");
          return row!.sum;
        });
      const results = await Promise.allSettled([
        adding(1),
        adding(2),
        adding(4),
        lake.query("from t"),
      ]);
      assert.deepEqual(results.map((result) => "value" in result ? result.value : null), [
        ...[1n, null, 5n],
        [{ n: 1 }, { n: 4 }],
      ]);
      await assert.rejects(
        lake.transaction(() => lake.query("select 1")),
        /inside lake.transaction, call the query and exec that it passes on/,
      );
      assert.equal((await lake.query("from t")).length, 2);
    } finally {
      await lake.close();
      await Deno.remove(location, { recursive: true });
    }
  });
}
