import assert from "node:assert/strict";
import { join } from "node:path";
import { Failure } from "../../common/failure.ts";
import { openLake } from "./open.ts";
import type { Lake } from "./lake.ts";

const open = (location: string) => openLake({ location, engine: "wasm" });

/**
 * Makes a folder with `a.parquet` (1,000 rows) and `b.parquet` (10 rows), and removes it after
 * `work`.
 */
async function withFiles(work: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir({ prefix: "wasm-" });
  try {
    const native = await openLake({ location: folder, engine: "native" });
    try {
      await native.exec(`
        copy (select i, 'text ' || i as t from range(1000) r(i)) to '${folder}/a.parquet' (format parquet);
        copy (select i, 'text ' || i as t from range(10) r(i)) to '${folder}/b.parquet' (format parquet)`);
    } finally {
      await native.close();
    }
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function failureOf(lake: Lake, sql: string): Promise<string> {
  try {
    await lake.query(sql);
  } catch (error) {
    assert.ok(error instanceof Failure, String(error));
    return error.message;
  }
  throw new Error(`${sql} should fail`);
}

/** Returns the names of the globals, without the one that Deno adds with the first npm package. */
function globals(): string[] {
  return Object.getOwnPropertyNames(globalThis).filter((name) => name !== "nodeBootstrap").sort();
}

Deno.test("the wasm engine leaves no globals", async () => {
  const before = globals();
  const folder = await Deno.makeTempDir();
  const lake = await open(folder);
  await lake.query("select 1");
  assert.deepEqual(globals(), before);
  await lake.close();
  assert.deepEqual(globals(), before);
  await Deno.remove(folder);
});

Deno.test("two wasm lakes at the same time read their own files", async () => {
  await withFiles(async (folder) => {
    const [one, two] = await Promise.all([open(folder), open(folder)]);
    await one.exec("create table t as select 1 as x");
    assert.equal(
      await failureOf(two, "select * from t").then((text) => /Table.*t/.test(text)),
      true,
    );
    const count = (name: string) => `select count(*)::int as n from '${folder}/${name}.parquet'`;
    assert.deepEqual(await one.query(count("a")), [{ n: 1000 }]);
    assert.deepEqual(await two.query(count("b")), [{ n: 10 }]);
    await one.close();
    assert.deepEqual(await two.query(count("a")), [{ n: 1000 }]);
    await two.close();
  });
});

Deno.test("the wasm engine sees files that were added, changed and deleted between statements", async () => {
  await withFiles(async (folder) => {
    const lake = await open(folder);
    const count = `select count(*)::int as n from read_parquet('${folder}/*.parquet')`;
    assert.deepEqual(await lake.query(count), [{ n: 1010 }]);
    await Deno.copyFile(join(folder, "a.parquet"), join(folder, "b.parquet"));
    assert.deepEqual(await lake.query(count), [{ n: 2000 }]);
    await Deno.remove(join(folder, "a.parquet"));
    assert.deepEqual(await lake.query(count), [{ n: 1000 }]);
    await lake.close();
  });
});

Deno.test("a statement may name thousands of files, and nest", async () => {
  await withFiles(async (folder) => {
    const lake = await open(folder);
    const files = Array.from({ length: 3000 }, () => `'${folder}/b.parquet'`).join();
    assert.deepEqual(
      await lake.query(`select count(*)::int as n from read_parquet([${files}])`),
      [{ n: 30_000 }],
    );
    const parts = Array.from({ length: 300 }, (_, i) => `select ${i} as x`).join(" union all ");
    assert.deepEqual(await lake.query(`select sum(x)::int as n from (${parts})`), [{ n: 44_850 }]);
    await lake.close();
  });
});

Deno.test("the error names an unreadable file, and the engine still works afterwards", async () => {
  await withFiles(async (folder) => {
    const a = await Deno.readFile(join(folder, "a.parquet"));
    await Deno.writeFile(join(folder, "head.parquet"), a.subarray(0, a.length - 200));
    await Deno.writeTextFile(join(folder, "tiny.parquet"), "PAR1");
    // The footer is valid, but refers to missing bytes.
    await Deno.writeFile(
      join(folder, "hole.parquet"),
      new Uint8Array([...a.subarray(0, 4), ...a.subarray(-a.length + 1000)]),
    );
    const lake = await open(folder);
    for (const name of ["head", "tiny", "hole", "none"]) {
      const text = await failureOf(
        lake,
        `select max(t) from read_parquet('${folder}/${name}.parquet')`,
      );
      assert.ok(text.includes(`${name}.parquet`) || name === "hole", text);
      assert.ok(!text.includes("\n"), text);
    }
    assert.deepEqual(
      await lake.query(`select count(*)::int as n from '${folder}/b.parquet'`),
      [{ n: 10 }],
    );
    await lake.close();
  });
});

Deno.test("the wasm engine writes nothing, and says so", async () => {
  await withFiles(async (folder) => {
    const lake = await open(folder);
    const text = await failureOf(lake, `copy (select 1) to '${folder}/c.parquet' (format parquet)`);
    assert.match(text, /only reads; DUCKDB_ENGINE=native/);
    assert.match(
      await failureOf(lake, `select * from 's3://b/c.parquet'`),
      /this lake is a folder/,
    );
    await lake.close();
  });
});

Deno.test("the wasm engine needs no --allow-ffi", async () => {
  await withFiles(async (folder) => {
    const script = `
      const { openLake } = await import(${JSON.stringify(import.meta.resolve("./open.ts"))});
      const lake = await openLake({ location: ${JSON.stringify(folder)}, engine: "wasm" });
      const [row] = await lake.query("select count(*) as n from read_parquet('${folder}/*.parquet')");
      await lake.close();
      console.log(row.n);`;
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-prompt", "--config", new URL("../../deno.json", import.meta.url).pathname],
        ...["--allow-read", "--allow-env", "--allow-sys=cpus", "--deny-ffi"],
        `data:application/javascript,${encodeURIComponent(script)}`,
      ],
      env: { NO_COLOR: "1" },
    }).output();
    assert.equal(new TextDecoder().decode(stdout), "1010n\n", new TextDecoder().decode(stderr));
  });
});
