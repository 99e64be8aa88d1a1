import assert from "node:assert/strict";
import { join } from "node:path";
import { openReplay } from "./input.ts";

Deno.test("a file is read as it is, and unpacked if it is gzipped", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const text = '{"id":"1"}\n'.repeat(1_000);
    const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
    await Deno.writeTextFile(join(folder, "plain"), text);
    await Deno.writeFile(join(folder, "packed"), packed);
    await Deno.writeTextFile(join(folder, "short"), "{");
    for (const name of ["plain", "packed"]) {
      assert.equal(await new Response(await openReplay(join(folder, name))).text(), text, name);
    }
    assert.equal(await new Response(await openReplay(join(folder, "short"))).text(), "{");
    await assert.rejects(openReplay(folder), { name: "Failure", exitCode: 2 });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
