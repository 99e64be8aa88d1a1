import assert from "node:assert/strict";
import { openLocked } from "./locked.ts";

Deno.test("statements over a table of counts succeed while the tables change", async () => {
  const folder = await Deno.makeTempDir();
  const database = await openLocked(
    { file: `${folder}/tables.duckdb`, folder },
    async (connection) => void await connection.run("create table toot as select 1 as n"),
  );
  try {
    await database.cube(
      "CREATE SCHEMA IF NOT EXISTS mosaic; CREATE TABLE IF NOT EXISTS mosaic.preagg_1 AS " +
        "SELECT count(*) AS n FROM toot",
    );
    let asking = true;
    const counts: number[] = [];
    const ask = async () => {
      while (asking) {
        const reader = await database.answer("select n from mosaic.preagg_1");
        counts.push(Number(reader.getRows()[0]![0]));
      }
    };
    const asked = Array.from({ length: 8 }, ask);
    for (let change = 0; change < 50; change++) {
      await database.change(async (connection) => {
        await connection.run("insert into toot values (1)");
      });
    }
    asking = false;
    await Promise.all(asked);
    await database.answer("select n from mosaic.preagg_1").then((reader) => {
      assert.equal(Number(reader.getRows()[0]![0]), 51);
    });
    assert.ok(counts.length > 50);
  } finally {
    await database.close();
    await Deno.remove(folder, { recursive: true });
  }
});
