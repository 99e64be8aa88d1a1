import assert from "node:assert/strict";
import { join } from "node:path";
import { folderStore } from "./folder-store.ts";

Deno.test("broken links, links to themselves and links to a parent folder are not listed", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(folder, "topics"));
    await Deno.writeTextFile(join(folder, "topics/a.parquet"), "rows");
    await Deno.symlink("loop", join(folder, "topics/loop"));
    await Deno.symlink("nowhere", join(folder, "topics/dangling"));
    await Deno.symlink("..", join(folder, "topics/above"));
    const files = await folderStore(folder).list("topics/");
    assert.deepEqual(files.map(({ path, bytes }) => [path, bytes]), [["topics/a.parquet", 4]]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
