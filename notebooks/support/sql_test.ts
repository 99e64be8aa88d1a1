import assert from "node:assert/strict";
import type { Value } from "../../lake/engine/lake.ts";
import { openLake } from "../../lake/engine/open.ts";
import { sqlOf, statement } from "./sql.ts";

Deno.test("values are passed as parameters, whatever they contain", async () => {
  const folder = await Deno.makeTempDir();
  const lake = await openLake({ location: folder, engine: "native" });
  try {
    const sql = sqlOf(lake);
    const word = "'; drop table toots; --";
    const rows = await sql<{ word: string; n: number; big: bigint; list: number[] }>`
      select ${word} as word, count(*) as n, ${2n ** 60n}::bigint as big, [1::bigint, 2] as list
      from range(${3})`;
    assert.deepEqual(rows, [{ word, n: 3, big: 2n ** 60n, list: [1, 2] }]);
    const [row] = await sql<{ day: Date }>`select date '2026-11-02' as day`;
    assert.deepEqual(row, { day: new Date("2026-11-02") });
  } finally {
    await lake.close();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a template becomes a statement with numbered parameters", () => {
  const of = (strings: TemplateStringsArray, ...values: Value[]) => statement(strings, values);
  assert.deepEqual(of`select ${1} + ${"b"}`, {
    text: "select $p1 + $p2",
    params: { p1: 1, p2: "b" },
  });
  assert.deepEqual(of`select 1`, { text: "select 1", params: {} });
});
