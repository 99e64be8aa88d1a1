import assert from "node:assert/strict";
import { openDataFolder } from "./data-folder.ts";

Deno.test("a folder belongs to one listener at a time; replays do not count", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/data`;
    const first = await openDataFolder(path, true);
    await assert.rejects(openDataFolder(path, true), {
      message: /another listener uses '.*data'; name all servers in one listener/,
      exitCode: 2,
    });
    (await openDataFolder(path, false)).release();
    first.release();
    (await openDataFolder(path, true)).release();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
