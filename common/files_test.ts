import assert from "node:assert/strict";
import { join } from "node:path";
import { writeAll, writeAllSync, writeFileAtomically } from "./files.ts";

Deno.test("a partial write is continued until all bytes are written", async () => {
  const bytes = Uint8Array.from({ length: 10 }, (_, i) => i);
  const written: number[] = [];
  const short = (part: Uint8Array) => {
    written.push(...part.subarray(0, 3));
    return Math.min(3, part.length);
  };
  await writeAll({ write: (part) => Promise.resolve(short(part)) }, bytes);
  assert.deepEqual(written, [...bytes]);
  written.length = 0;
  writeAllSync({ writeSync: short }, bytes);
  assert.deepEqual(written, [...bytes]);
});

Deno.test("a file is replaced completely or not at all", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "text.json");
    await writeFileAtomically(path, "one", { mode: 0o600 });
    await writeFileAtomically(path, "two");
    assert.equal(await Deno.readTextFile(path), "two");
    await Deno.mkdir(join(folder, "taken"));
    await Deno.writeTextFile(join(folder, "taken", "file"), "");
    await assert.rejects(writeFileAtomically(join(folder, "taken"), "three"));
    const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
    assert.deepEqual(names, ["taken", "text.json"], "no draft is left");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
