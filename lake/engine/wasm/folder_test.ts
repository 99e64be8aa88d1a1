import assert from "node:assert/strict";
import { join } from "node:path";
import { localFiles } from "./folder.ts";

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "folder-" });
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("wildcards match the same files as in DuckDB", () =>
  inFolder(async (folder) => {
    const paths = [
      "a/x=1/1.parquet",
      "a/x=1/.2.parquet",
      "a/x=2/y/3.parquet",
      "a/4.csv",
      "b[1].csv",
    ];
    for (const path of paths) {
      await Deno.mkdir(join(folder, path, ".."), { recursive: true });
      await Deno.writeTextFile(join(folder, path), "");
    }
    await Deno.symlink(join(folder, "a/x=1"), join(folder, "a/x=3"));
    const files = localFiles();
    const found = (pattern: string) =>
      files.glob(join(folder, pattern)).map((path) => path.slice(folder.length + 1));
    assert.deepEqual(found("a/*/*"), [
      ...["a/x=1/.2.parquet", "a/x=1/1.parquet"],
      ...["a/x=3/.2.parquet", "a/x=3/1.parquet"],
    ]);
    assert.deepEqual(found("a/x=[!13]/**/*.parquet"), ["a/x=2/y/3.parquet"]);
    assert.deepEqual(found("a/x=?/1.*"), ["a/x=1/1.parquet", "a/x=3/1.parquet"]);
    assert.deepEqual(found("a/*.csv"), ["a/4.csv"]);
    assert.ok(!found("**").some((path) => path.includes("x=3")), "** follows no links");
    assert.deepEqual(found("a"), [], "a folder is no file");
    assert.deepEqual(found("nowhere/*"), []);
    files.close();
  }));

Deno.test("more files may be open than the system allows at once", () =>
  inFolder(async (folder) => {
    const files = localFiles();
    const paths = Array.from({ length: 200 }, (_, i) => join(folder, String(i).padStart(3, "0")));
    for (const path of paths) await Deno.writeTextFile(path, `this is ${path.slice(-3)}`);
    for (const path of paths) assert.equal(files.open(path), 11);
    for (const path of paths.toReversed()) {
      const into = new Uint8Array(3);
      files.read(path, 8, into);
      assert.equal(new TextDecoder().decode(into), path.slice(-3));
    }
    const [first] = paths as [string];
    await Deno.truncate(first, 9);
    assert.throws(() => files.read(first, 8, new Uint8Array(3)), /000 was replaced/);
    await Deno.remove(first);
    files.release(first);
    assert.throws(() => files.open(first), /000 was removed/);
    files.close();
  }));
